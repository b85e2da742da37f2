"""Lists that start from what a colleague may see, and records that are read only."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest


class Scoped:
    """For a ModelAdmin of a model with `visible_to`: before ModelAdmin in the bases."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that this person may see."""
        return super().get_queryset(request).visible_to(request.user)  # type: ignore[misc]


class ReadOnly:
    """Written by services alone: no form adds, changes or deletes a row."""

    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Services make it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Steps change it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It happened."""
        return False
