"""What stands between a session and every page: the session is noted, and its second factor is not forgotten."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import error_pages
from core.addresses import address_of
from core.errors import Forbidden
from people.models import User
from people.models.signing_in import browser_of
from people.services import second_factor, sessions

NOTED = "noted_as"
HELD = "second_factor_held"
# What somebody who has no second factor yet needs in order to set one up, to leave, or to read it in another language.
OPEN = frozenset({
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "account_reauthenticate",
    "account_login", "admin:login", "admin:logout", "admin:jsi18n", "set_language",
})  # fmt: skip
# Candidates and strangers: no page of these asks who is signed in.
_NOBODYS = (
    "/i/",
    "/room/",
    "/continue",
    "/ping",
    "/healthz",
    "/readyz",
    "/vendors/",
    "/welcome/",
    "/forgotten/",
    "/new-password/",
)


class SecondFactorFirst:
    """Whose role needs a second factor and who has none opens, once the days of grace are over, nothing but the pages
    that set one up: at every address, whatever it is, unless it is named above.

    Whoever has one was asked for it before there was any session: see people.adapters.SecondFactorStage.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], options: dict[str, Any]
    ) -> HttpResponse | None:
        """An answer instead of the page, or nothing."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(_NOBODYS):
            return None
        user = request.user
        if not isinstance(user, User):
            return None
        if request.session.get(NOTED) != request.session.session_key:
            note(request, user)
        return self._refusal(request, user)

    def _refusal(self, request: HttpRequest, user: User) -> HttpResponse | None:
        due_at = second_factor.rule().due_at(user)
        if due_at is None or timezone.now() < due_at or request.session.get(HELD) == user.pk:
            return None
        if second_factor.is_held(user):
            request.session[HELD] = user.pk
            return None
        match = request.resolver_match
        if match is not None and match.view_name in OPEN:
            return None
        error = Forbidden(
            "second_factor_needed", _("Your role needs a second factor: please set one up first.")
        )
        if not request.path.startswith("/admin/") or request.headers.get("X-Requested-With"):
            return error_pages.answer_error(request, error)
        messages.warning(request, str(error.message), fail_silently=True)
        return HttpResponseRedirect(reverse("mfa_index"))


def note(request: HttpRequest, user: User) -> None:
    """Remember where this session was opened."""
    if request.session.session_key is None:
        request.session.save()
    key = str(request.session.session_key)
    sessions.note(user, session_key=key, address=address_of(request), browser=browser_of(request))
    request.session[NOTED] = key
