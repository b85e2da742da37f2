"""The shape of every error that the API answers."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from core.middleware import as_domain_error

# Of the framework's own refusals: in its catalogues they read like a machine's, and some have no Chinese at all.
_WORDS: dict[type[Exception], Any] = {
    exceptions.NotAuthenticated: gettext_lazy("Please send a key (“Authorization: Token …”), or sign in."),
    exceptions.NotFound: gettext_lazy("There is no such record."),
    exceptions.NotAcceptable: gettext_lazy(
        "This address answers in none of the formats that “Accept” asks for."
    ),
    exceptions.MethodNotAllowed: gettext_lazy("This address takes no such request."),
    exceptions.UnsupportedMediaType: gettext_lazy("A body of this “Content-Type” is not read here."),
    exceptions.ParseError: gettext_lazy("The body is not what its “Content-Type” says, or is cut off."),
    exceptions.Throttled: gettext_lazy("Too many requests. Please wait a minute."),
}


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every 4xx as `{"code", "message"}`; content that is wrong is 422 and lists its `fields`."""
    domain = as_domain_error(error)
    if domain is not None:
        set_rollback()
        return Response(domain.body(), status=domain.status, headers=domain.headers())
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        body = {"code": "invalid", "message": _("Some fields are not right."), "fields": error.detail}
        return Response(body, status=422, headers=response.headers)
    detail = getattr(error, "detail", "")
    code, message = getattr(detail, "code", "error"), _WORDS.get(type(error), detail)
    # Said by the framework in English alone, and with no code of its own.
    if str(detail).startswith("CSRF Failed"):
        code = "csrf_failed"
        message = _("Please send the session's “X-CSRFToken” with it; programs send a key instead.")
    response.data = {"code": code, "message": str(message)}
    return response
