"""Who may call the API at all. Which rows, is the queryset's question (`visible_to`)."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission

from people import rules

if TYPE_CHECKING:  # the views of the API framework import their default permission, which is here
    from rest_framework.request import Request
    from rest_framework.views import APIView


class IsStaffPerson(BasePermission):
    """HR colleagues and department managers: 401 without a key, 403 for anybody else."""

    message = _("Only HR staff and department managers may use this.")
    code = "not_permitted"

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        """The answer for a request."""
        return rules.is_hr_or_manager(request.user)


class IsHR(BasePermission):
    """HR colleagues only: 401 without a key, 403 for anybody else."""

    message = _("Only HR staff may do this.")
    code = "not_permitted"

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        """The answer for a request."""
        return rules.is_hr(request.user)
