"""面试评价: what candidates thought of their interviews. HR reads it; nobody changes it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from recruitment.models import InterviewSurvey


@admin.register(InterviewSurvey)
class SurveyAdmin(Lean, Scoped, ReadOnly, ModelAdmin):
    """Newest first: the rating, why, and of which interview."""

    nothing_yet = _("No candidate has rated an interview yet. It is asked on their page once it is over.")
    list_display = ["answered_at", "candidate", "opening", "rating", "why"]
    list_select_related = ["interview__application__candidate", "interview__application__opening"]
    list_filter = ["rating"]
    list_filter_submit = True
    search_fields = ["=id"]
    ordering = ["-id"]
    fields = readonly_fields = ["interview", "attempt", "rating", "why", "answered_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InterviewSurvey]:
        """With whom they name."""
        return super().get_queryset(request).select_related(*self.list_select_related)

    @display(description=_("candidate"))
    def candidate(self, row: InterviewSurvey) -> Any:
        """Who said it."""
        return row.interview.application.candidate

    @display(description=_("opening"))
    def opening(self, row: InterviewSurvey) -> Any:
        """For which opening."""
        return row.interview.application.opening
