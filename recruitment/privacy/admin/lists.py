"""Which records are held, and which were erased."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from core.persons import parts
from recruitment.models import Erasure, Hold

COLOURS = {"waiting": "warning", "running": "info", "done": "success", "called_off": ""}


class OfCandidate(Lean, Scoped, ReadOnly, ModelAdmin):
    """Rows about a candidate, who is one click away. Nobody writes here: the steps are on the candidate's page."""

    search_fields = ["candidate__search_key"]
    list_filter_submit = True

    def with_details(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With the candidate and who decided."""
        return rows.select_related("candidate", "by")

    @display(description=_("candidate"))
    def of_candidate(self, row: Any) -> Any:
        """Whose record, with the way there."""
        address = reverse("admin:recruitment_candidate_change", args=[row.candidate_id])
        return format_html('<a href="{}">{}</a>', address, row.candidate)


@admin.register(Hold)
class HoldAdmin(OfCandidate):
    """Records that are held for a dispute."""

    nothing_yet = _("No record is held. A hold is set on the candidate's page.")
    list_display = ["held_at", "of_candidate", "reason", "by", "until", "lifted_at"]
    list_filter = [("held_at", MomentRangeFilter)]
    sortable_by = ["held_at"]
    fields = readonly_fields = [
        "of_candidate", "reason", "by", "held_at", "until", "lifted_at", "lifted_by", "lift_reason"
    ]  # fmt: skip


@admin.register(Erasure)
class ErasureAdmin(OfCandidate):
    """Records that were erased, or are about to be."""

    nothing_yet = _("No record was erased. It is decided on the candidate's page.")
    list_display = ["asked_at", "of_candidate", "by", "state_label", "progress", "begins_at", "done_at"]
    list_filter = [("asked_at", MomentRangeFilter)]
    sortable_by = ["asked_at"]
    fields = readonly_fields = [
        "of_candidate", "reason", "by", "asked_at", "begins_at", "state_label", "progress", "failing", "done_at"
    ]  # fmt: skip

    @display(description=_("state"), label=COLOURS)
    def state_label(self, row: Erasure) -> Any:
        """Where it stands."""
        return row.state, row.get_state_display()

    @display(description=_("parts through"))
    def progress(self, row: Erasure) -> str:
        """So many of so many."""
        return f"{len(row.done)} / {len(parts())}"
