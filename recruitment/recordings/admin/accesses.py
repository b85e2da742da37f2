"""Who played which recording when."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.scope import ReadOnly
from recruitment import queries
from recruitment.models import RecordingAccess
from recruitment.recordings.admin.segments import place_words

# How the page of an interview asks for its own.
OF_INTERVIEW = "recording__segment__answer__interview__id__exact"


@admin.register(RecordingAccess)
class RecordingAccessAdmin(Lean, ReadOnly, ModelAdmin):
    """Who played which recording when: one row per playback. Nobody writes or deletes here."""

    nothing_yet = _("Nobody has played a recording yet.")
    list_display = ["at", "who", "of_interview", "question", "last_at"]
    list_filter = [("user", AutocompleteSelectFilter), ("at", MomentRangeFilter)]
    list_filter_submit = True
    also_by = (OF_INTERVIEW,)
    search_fields = [
        "user__search_key",
        "recording__segment__answer__interview__application__candidate__search_key",
    ]
    sortable_by = ["at"]
    fields = readonly_fields = ["at", "who", "of_interview", "question", "last_at", "range_start"]

    def with_details(self, rows: QuerySet[RecordingAccess]) -> QuerySet[RecordingAccess]:
        """With whose recording it was."""
        return rows.select_related(
            "recording__segment__answer__interview__application__candidate",
            "recording__segment__answer__interview__application__opening",
        ).annotate(**queries.places("recording__segment__answer__question"))

    @display(description=_("interview"))
    def of_interview(self, access: RecordingAccess) -> Any:
        """Whose, for what."""
        interview = access.recording.segment.answer.interview
        address = reverse("admin:recruitment_interview_change", args=[interview.pk])
        return format_html('<a href="{}">{}</a>', address, interview)

    @display(description=_("recording"))
    def question(self, access: RecordingAccess) -> str:
        """Stage, question and number."""
        return place_words(access, access.recording.segment)
