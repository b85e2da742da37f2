"""What is answered where there is nothing to answer: the product's own page, to programs `{"code", "message"}`.

A page says what to do next, in the language that was chosen on this site, else in the browser's, else in Chinese. It
loads nothing and, from 500 on, asks nothing: it stands when the database does not.
"""

import base64
import hashlib
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

# Programs ask here, whatever the method and whether the address exists.
_PROGRAMS = ("/api/", "/room/api/", "/vendors/", "/hooks/")
_CANDIDATES = ("/i/", "/room/", "/continue")
_STAFF = ("/admin/",)
BAD, FORBIDDEN, MISSING, WRONG_METHOD, FAILED, AWAY = 400, 403, 404, 405, 500, 503
ADDRESS_TOO_LONG, UNEXPECTED, TOO_MUCH_ALONG, NOT_UNDERSTOOD = 414, 417, 431, 501
_AGAIN_SECONDS = "30"

_WORDS: dict[int, tuple[str, Any, Any]] = {
    BAD: (
        "bad_request",
        _("That did not arrive as it should"),
        _("Something in the address, or in what was sent, cannot be read. Go back, reload the page and try again."),
    ),
    FORBIDDEN: (
        "forbidden",
        _("This page is not open to you"),
        _("Your account may not see it or do this. If you need it for your work, ask your HR lead."),
    ),
    MISSING: (
        "not_found",
        _("There is no such page"),
        _("The address may be cut off, or what it showed is not there any more."),
    ),
    WRONG_METHOD: (
        "method_not_allowed",
        _("This page cannot be called up like that"),
        _("Nothing was changed. Go back and use the page's own buttons."),
    ),
    ADDRESS_TOO_LONG: (
        "uri_too_long",
        _("This address is too long"),
        _(
            "It cannot be read at this length. Search for less or take out filters; a link from a message: copy it "
            "once more."
        ),
    ),
    UNEXPECTED: (
        "expectation_failed",
        _("This cannot be sent like that"),
        _("The program that sent it asks for something that this server does not do. Nothing was changed."),
    ),
    TOO_MUCH_ALONG: (
        "headers_too_large",
        _("Your browser sent too much along"),
        _("Mostly these are old cookies of this site. Clear the cookies of this site and open the address again."),
    ),
    NOT_UNDERSTOOD: (
        "not_implemented",
        _("This cannot be sent like that"),
        _("The program that sent it asks for something that this server does not do. Nothing was changed."),
    ),
    FAILED: (
        "server_error",
        _("Something went wrong on our side"),
        _("What was saved is kept. Please try again in a minute. If it happens again, tell us when it happened."),
    ),
    AWAY: (
        "unavailable",
        _("We cannot be reached for a moment"),
        _("What was saved is kept. Please try again in half a minute."),
    ),
}  # fmt: skip
_FORM_REFUSED = (
    "csrf_failed",
    _("The form could not be taken"),
    _(
        "The page was open for too long, or the browser keeps no cookies. Nothing was changed: go back, reload the "
        "page and send it again. If it happens again, allow cookies for this site."
    ),
)

_contact: Callable[[], dict[str, str]] = dict


def call_for_help(contact: Callable[[], dict[str, str]]) -> None:
    """Who is named on a page to whoever is lost: an upper floor says it, as {name, phone, email}."""
    global _contact  # noqa: PLW0603 -- said once, when the apps are ready
    _contact = contact


def is_for_programs(request: HttpRequest) -> bool:
    """Whether a program asked, which reads codes and no pages."""
    return request.path.startswith(_PROGRAMS)


def reads_pages(request: HttpRequest) -> bool:
    """Whether a browser asked for a page; a script in a page asks for anything and wants the code."""
    return not is_for_programs(request) and "text/html" in request.headers.get("Accept", "")


def answer_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A domain error where no view of its own answers it."""
    if not reads_pages(request):
        return JsonResponse(error.body(), status=error.status, headers=error.headers())
    heading = _WORDS.get(error.status, (0, _("That did not work")))[1]
    return _page(request, error.status, (error.code, heading, error.message), error.headers())


def in_own_words(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Django's empty answer to a method that a view does not take, said in words."""
    if response.status_code != WRONG_METHOD or response.streaming or response.content:
        return response
    return _answer(request, WRONG_METHOD, _WORDS[WRONG_METHOD], {"Allow": response.headers.get("Allow", "")})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what Django finds suspicious."""
    return _answer(request, BAD, _WORDS[BAD])


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _answer(request, FORBIDDEN, _WORDS[FORBIDDEN])


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _answer(request, MISSING, _WORDS[MISSING])


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with Retry-After when it was the database that is not there."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _answer(request, AWAY, _WORDS[AWAY], {"Retry-After": _AGAIN_SECONDS})
    return _answer(request, FAILED, _WORDS[FAILED])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose secret is not the browser's."""
    return _answer(request, FORBIDDEN, _FORM_REFUSED)


@lru_cache(maxsize=256)
def refused_unread(status: int, path: str, *, wants_json: bool, language: str) -> HttpResponse:
    """For what is refused before Django sees it: `path` is where it was meant for, by its beginning. Asks nothing."""
    request = HttpRequest()
    request.path = path
    words = _WORDS.get(status, _WORDS[BAD])
    with translation.override(language):
        if wants_json or is_for_programs(request):
            return JsonResponse({"code": words[0], "message": str(words[2])}, status=status)
    return _page(request, status, words, None, asks=False, language=language)


def language_of(accepted: str) -> str:
    """The language of ours that a browser asks for, by its Accept-Language."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return translation.get_language_from_request(request)


def beginning(path: str) -> str:
    """Of an address only what says who asks: what it is called after that is nobody's."""
    return next((known for known in (*_PROGRAMS, *_CANDIDATES, *_STAFF) if path.startswith(known)), "/")


def _answer(
    request: HttpRequest, status: int, words: tuple[str, Any, Any], headers: dict[str, str] | None = None
) -> HttpResponse:
    if is_for_programs(request):
        code, _heading, message = words
        return JsonResponse({"code": code, "message": str(message)}, status=status, headers=headers)
    return _page(request, status, words, headers)


def _page(
    request: HttpRequest,
    status: int,
    words: tuple[str, Any, Any],
    headers: dict[str, str] | None,
    *,
    asks: bool = True,
    language: str = "",
) -> HttpResponse:
    is_candidates, is_staffs = request.path.startswith(_CANDIDATES), request.path.startswith(_STAFF)
    contact = {}
    if asks and not is_staffs and BAD < status < FAILED:
        with suppress(DatabaseError):
            contact = _contact()
    style, policy = _style()
    context = {
        "style": style, "contact": contact, "status": status,
        "for_candidates": not is_staffs, "for_staff": not is_candidates,
    }  # fmt: skip
    # What an earlier request of this thread spoke is nobody's: it may be refused before its own language is known.
    with translation.override(language or translation.get_language_from_request(request)):
        context |= {"heading": str(words[1]), "message": str(words[2]), "code": words[0]}
        page = render_to_string("core/error.html", context)
    response = HttpResponse(page, status=status, headers=headers)
    response["Content-Security-Policy"] = policy
    response["Cache-Control"] = "no-store"
    return response


@cache
def _style() -> tuple[str, str]:
    """The page's own style, and the policy that allows it and nothing else."""
    style = (Path(__file__).parent / "templates" / "core" / "error.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return style, (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'"
    )
