"""What colleagues are asked to decide on in WeCom, and what became of it; asked again where it came to nothing."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from core.admin.base import ModelAdmin
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import ConfirmForm, Step, Text, WithSteps
from messaging.enums import ApprovalState
from messaging.models import Approval
from messaging.services import approvals
from people.actors import person_of


def _again(request: HttpRequest, row: Approval, values: dict[str, Any]) -> Text:
    approvals.again(approval_id=row.pk, by=person_of(request))
    return _("It is asked again in WeCom within seconds.")


@admin.register(Approval)
class ApprovalAdmin(Lean, Scoped, ReadOnly, WithSteps, ModelAdmin):
    """Read here, decided in WeCom or on the record's own page."""

    nothing_yet = _(
        "Nothing has been asked in WeCom yet. Set an approval template on the WeCom connection first."
    )
    list_display = ["kind", "reference", "state", "asked_by", "decided_by", "made_at", "done_at"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_filter_submit = True
    ordering = ["-id"]
    fields = readonly_fields = [
        "kind",
        "reference",
        "number",
        "state",
        "how",
        "words",
        "asked_by",
        "decided_by",
        "made_at",
        "done_at",
        "failures",
    ]
    steps = (
        Step(
            "again",
            _("Ask again in WeCom"),
            _again,
            form=ConfirmForm,
            offered=lambda row: row.state in ApprovalState.asked_again,
            words=_("Somebody is asked once more, in the same words. What was asked before changes nothing."),
        ),
    )

    def with_details(self, rows: QuerySet[Approval]) -> QuerySet[Approval]:
        """With whoever asked and decided."""
        return rows.select_related("asked_by", "decided_by")

    @admin.display(description=_("how it ended"), empty_value="–")
    def how(self, row: Approval) -> str | None:
        """In words."""
        return approvals.how_it_ended(row) or None
