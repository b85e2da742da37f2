"""Pages that only show: rows come from services."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from people.models import User


def person(request: HttpRequest) -> User:
    """The colleague who takes a step; the admin lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class ReadOnly:
    """For a ModelAdmin or inline: HR may look, nobody types. It comes before the admin class in the bases."""

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        """Rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Steps are actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was planned stays on record."""
        return False
