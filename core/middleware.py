"""Answers that every view shares: the content security policy, and domain errors outside the API."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.utils import IntegrityError, ProgrammingError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransition, TransitionNotAllowed
from psycopg.errors import UniqueViolation

from core import connections, error_pages
from core.bounded import Busy, TooSlow, Unwritable, as_bounded
from core.errors import DomainError, Invalid, Refused, TooLarge
from core.process.lanes import LONGEST_WAITED

logger = logging.getLogger(__name__)

# No script stands in a page, so none needs a nonce; what a page writes as text is never run. Unfold's bundled Alpine
# makes functions of its attributes' expressions, and its widgets set styles: docs/security.md says what that leaves.
STAFF_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'self'"
)
API_POLICY = STAFF_POLICY.replace(" 'unsafe-eval'", "")
CANDIDATE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


# Camera and microphone are the room's, which says so itself.
NO_PERMISSIONS = "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), midi=()"


class ContentSecurityPolicy:
    """The strict policy everywhere, static files included; the admin's own where its scripts need it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = CANDIDATE_POLICY
        if request.path.startswith(("/admin/", "/api/")):
            policy = API_POLICY if request.path.startswith("/api/") else STAFF_POLICY
        response.setdefault("Content-Security-Policy", policy)
        response.setdefault("Permissions-Policy", NO_PERMISSIONS)
        return response


class Compressed(GZipMiddleware):
    """The staff's pages and the API, gzipped: a list shrinks to a twentieth. The room's small answers are not.

    Django makes each answer's length differ, so that a guess put into a page cannot be told by how well it shrinks;
    a page that shows a secret says `Content-Encoding: identity` and stays as it is.
    """

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Shrink what is large and the reader's browser takes."""
        if request.path.startswith(("/admin/", "/api/")):
            return super().process_response(request, response)
        return response


class NoNullCharacters:
    """The admin's filters go to the database as they are written, and no text there can hold a null character.

    The API checks its own filters, one by one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/admin/") and "%00" in request.META.get("QUERY_STRING", ""):
            error = Invalid("null_character", _("The address holds a character that cannot be looked for."))
            return error_pages.answer_error(request, error)
        return self.get_response(request)


class Slashes(CommonMiddleware):
    """The slash that an address lacks is added for who reads; a redirect would lose what somebody sends."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        """Whether to send the browser to the address with a slash."""
        return request.method in ("GET", "HEAD") and super().should_redirect_with_slash(request)


class LargeBodies:
    """A long body is only read of somebody who is signed in: until it is here it holds a thread.

    The room and the doors of vendors and WeCom look at their own senders, the API at its keys, before they read on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_long(request) and not request.path.startswith(_LOOK_FIRST):
            if not request.user.is_authenticated and not _is_a_file_of_anybody(request):
                error = TooLarge("too_large", _("That is more than can be sent at once."))
                response = error_pages.answer_error(request, error)
                response["Connection"] = "close"
                return response
            # It comes at its sender's pace.
            connections.give_back()
        return self.get_response(request)


_LOOK_FIRST = ("/room/", "/vendors/", "/hooks/", "/api/")
# Where somebody without an account sends one file; a form around it takes little.
_ONE_FILE = "/apply/"
LONGEST_FILE = 11 * 1024 * 1024


def _is_a_file_of_anybody(request: HttpRequest) -> bool:
    declared = request.META.get("CONTENT_LENGTH") or ""
    is_said = declared.isascii() and declared.isdigit() and "HTTP_TRANSFER_ENCODING" not in request.META
    return request.path.startswith(_ONE_FILE) and is_said and int(declared) <= LONGEST_FILE


def _is_long(request: HttpRequest) -> bool:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    length = int(declared) if declared.isascii() and declared.isdigit() else 0
    return length > LONGEST_WAITED or "HTTP_TRANSFER_ENCODING" in request.META


def as_domain_error(error: Exception) -> DomainError | None:
    """The domain error behind an exception: itself, or 409 for a step that model or database refused."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, TransitionNotAllowed | ConcurrentTransition):
        return Refused("step_not_allowed")
    if (bounded := as_bounded(error)) is not None:
        return bounded
    if isinstance(error, ProgrammingError) and "pgtrigger: Invalid transition" in str(error):
        return Refused("step_not_allowed")
    if isinstance(error, ProgrammingError) and "pgtrigger: Cannot change" in str(error):
        return Refused("unchangeable", _("What is published does not change any more."))
    if was_taken(error):
        # Of two at the same instant the table takes one; its rule is logged, should it be no race.
        logger.warning("refused by a rule of the table: %s", error.__cause__.diag.constraint_name)  # type: ignore[union-attr]
        return Refused(
            "taken_meanwhile",
            _("Somebody has just saved the same. Please look at what is there now, and save again."),
        )
    return None


def was_taken(error: Exception) -> bool:
    """Whether the table refused a row because another holds its name, number or place already."""
    return isinstance(error, IntegrityError) and isinstance(error.__cause__, UniqueViolation)


class DomainErrors:
    """A domain error that reaches a plain view: a page or JSON with its code, or in the admin a message and back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return error_pages.in_own_words(request, self.get_response(request))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        error = as_domain_error(exception)
        if error is None:
            return None
        if request.path.startswith("/admin/") and isinstance(error, TooSlow | Busy | Unwritable):
            return _sorry(request, error)
        if request.path.startswith("/admin/"):
            messages.error(request, str(error.message))
            return HttpResponseRedirect(request.path if request.method == "POST" else "/admin/")
        return error_pages.answer_error(request, error)


def _sorry(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A page that asks the database nothing more: the sentence, and the way back."""
    context = {"message": error.message, "back": request.path}
    return render(request, "core/sorry.html", context, status=error.status)
