"""How long each word about an end waits."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from notifications.models import WaitBeforeTelling


@admin.register(WaitBeforeTelling)
class WaitBeforeTellingAdmin(Catalogue, ModelAdmin):
    """One row for each kind of notice; only its hours are set."""

    list_display = ["kind", "hours"]
    fields = ["kind", "hours"]
    readonly_fields = ["kind"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Every kind has its row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A notice without a wait has 0 hours."""
        return False
