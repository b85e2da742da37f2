"""What every address of the room's JSON API shares: methods, origin, limits, errors, headers."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from core.errors import CutOff, DomainError
from core.middleware import as_domain_error
from recruitment.room import auth

View = Callable[..., HttpResponse]
_READING = ("GET", "HEAD")
logger = logging.getLogger(__name__)


class WrongMethod(DomainError):
    """The address exists, but not for this method."""

    status = 405


def privately(response: HttpResponse, error: DomainError | None = None) -> HttpResponse:
    """Nobody stores the answer, and the address, which may hold a token, is told to no other site.

    `same-origin` and not `no-referrer`: under the latter browsers send `Origin: null` with the confirm form, which
    then cannot be told from another site's. What an error says beside its words (when to try again) is said too.
    """
    for name, value in (error.headers() if error else {}).items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    return response


def refusal(error: DomainError) -> JsonResponse:
    """The error as the contract writes it: code, message, and what else is needed to go on."""
    return JsonResponse(error.body(), status=error.status, headers=error.headers())


def endpoint(*methods: str) -> Callable[[View], View]:
    """One address of the API. A foreign Origin is refused on every write; every error is `{"code", "message"}`."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, **parts: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise WrongMethod("method_not_allowed", _("This address does not take that method."))
                if request.method not in _READING:
                    auth.check_origin(request)
                response = view(request, **parts)
            except (UnreadablePostError, RawPostDataException):
                response = refusal(CutOff("cut_off", _("The request broke off half way.")))
            except Exception as error:
                domain = as_domain_error(error)
                if domain is None:
                    raise
                response = refusal(domain)
                if isinstance(domain, WrongMethod):
                    response["Allow"] = ", ".join(methods)
            return privately(response)

        return answer

    return decorate
