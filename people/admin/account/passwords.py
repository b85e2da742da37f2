"""The pages of whoever has no password, or forgot it. They know nobody: no page tells whether an account exists."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.errors import DomainError, Invalid, NotFound
from people.known_browsers import Caller, remember
from people.services import password_links

LONGEST_TYPED = 254


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """GET asks whose password it is; POST says the same whoever that is."""
    title = _("Forgotten password")
    if not settings.MAIL_IS_CONNECTED:
        words = _(
            "No mail server is connected here. Please ask your HR lead for a link to choose a new password."
        )
        return _page(request, title=title, note=words)
    if request.method != "POST":
        return _page(request, title=title, asks="account")
    try:
        typed = request.POST.get("typed", "")[:LONGEST_TYPED].replace("\x00", "")
        password_links.ask(typed=typed, caller=Caller.of(request))
    except DomainError as error:
        return _page(request, error, title=title, asks="account")
    words = _(
        "If there is such an account with a mail address, the link is on its way. It is good for an hour."
    )
    return _page(request, title=title, note=words)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """GET asks for the password and changes nothing; POST saves it, and leads to the sign-in.

    The browser is known from then on: whoever guesses elsewhere keeps nobody out who has just chosen a password.
    """
    title = _("Choose your password")
    try:
        user, _kind = password_links.whose(number, token)
        if request.method != "POST":
            return _page(request, title=title, asks="password", username=user.username)
        password = request.POST.get("password", "")
        if password != request.POST.get("again", ""):
            raise Invalid("passwords_differ", _("The two passwords are not the same."))
        user = password_links.choose(number=number, token=token, password=password)
    except NotFound as error:
        return _page(request, error, title=title)
    except DomainError as error:
        return _page(request, error, title=title, asks="password")
    answer = _page(request, title=title, note=_("The password is saved. You can sign in with it now."))
    remember(request, answer, user)
    return answer


def _page(request: HttpRequest, error: DomainError | None = None, **context: Any) -> HttpResponse:
    context["message"] = error and error.message
    answer = render(request, "people/account/plain.html", context, status=error.status if error else 200)
    for name, value in (error.headers() if error else {}).items():
        answer[name] = value
    return answer
