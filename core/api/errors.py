"""The shape of every error that the API answers."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from core.middleware import as_domain_error


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
    response.data = {"code": getattr(detail, "code", "error"), "message": str(detail)}
    return response
