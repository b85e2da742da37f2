"""What WeCom told us, and what came of it; a failed one is taken up again by whoever keeps the house."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from core.admin.base import ModelAdmin
from core.admin.lists import Lean
from core.admin.scope import ReadOnly
from core.admin.steps import Step, Text, WithSteps
from messaging.enums import CallbackState
from messaging.models import Callback
from messaging.services import callbacks as service
from people.actors import person_of
from people.rules import keeps_house


def _again(request: HttpRequest, callback: Callback, values: dict[str, Any]) -> Text:
    service.again(callback_id=callback.pk, by=person_of(request))
    return _("It is taken up again within seconds.")


@admin.register(Callback)
class CallbackAdmin(Lean, ReadOnly, WithSteps, ModelAdmin):
    """Kept for a month. What was said in it is not shown: it may be somebody's words."""

    nothing_yet = _("WeCom has told us nothing yet. Its calls appear here once callbacks are set up.")
    list_display = ["received_at", "event", "state", "code", "tries", "done_at"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_filter_submit = True
    ordering = ["-id"]
    fields = readonly_fields = list_display
    steps = (
        Step(
            "again",
            _("Take up again"),
            _again,
            offered=lambda row: row.state == CallbackState.FAILED,
        ),
    )

    def has_step_permission(self, request: HttpRequest) -> bool:
        """Whoever keeps the house; the service asks again."""
        return keeps_house(request.user)  # type: ignore[arg-type]
