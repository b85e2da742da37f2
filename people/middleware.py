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
from people import known_browsers, viewing
from people.models import User
from people.models.signing_in import browser_of
from people.services import second_factor, sessions

NOTED = "noted_as"
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
    "/feeds/",
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
        response = self.get_response(request)
        if newcomer := getattr(request, "noted", None):
            known_browsers.remember(request, response, newcomer)
        return response

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
        # Asked with every click: nothing of a session says whether the factor was taken away in another one.
        if due_at is None or timezone.now() < due_at or second_factor.is_held(user):
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


class ViewingAs:
    """Whoever looks as a colleague (people.viewing) has that colleague's pages, and changes nothing.

    `request.user` is the colleague, `request.viewer` who looks. Lists, pages and reports open; whatever else there is
    (steps, files, recordings, the API, what belongs to the colleague's own signing in) is refused with a sentence.
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
        viewer = request.user
        if not isinstance(viewer, User):
            return None
        standing = viewing.standing(request, viewer)
        match = request.resolver_match
        if standing is None or match is None or match.view_name in _OWN:
            return None
        is_shown = match.view_name in _SHOWN or match.namespaces == ["admin"]
        if request.method not in ("GET", "HEAD") or not is_shown or match.view_name in _NOT_SHOWN:
            error = Forbidden(
                "only_viewing",
                _("You only look at what somebody else sees: nothing can be changed or taken out from here."),
            )
            return error_pages.answer_error(request, error)
        request.viewer, request.viewing = viewer, standing  # type: ignore[attr-defined]
        request.user = standing.person
        return None


# The looker's own: leaving, and the language.
_OWN = frozenset({"view_as_end", "admin:logout", "admin:jsi18n", "set_language"})
_SHOWN = frozenset({"home", "pages", "reports", "report"})
_NOT_SHOWN = frozenset({"admin:password_change", "admin:password_change_done", "admin:login"})


def note(request: HttpRequest, user: User) -> None:
    """Remember where this session was opened; the browser is known from the answer on."""
    if request.session.session_key is None:
        request.session.save()
    key = str(request.session.session_key)
    sessions.note(user, session_key=key, address=address_of(request), browser=browser_of(request))
    request.session[NOTED] = key
    request.noted = user  # type: ignore[attr-defined]
