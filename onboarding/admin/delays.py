"""Delays, active and lifted."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from onboarding.models import OnboardingDelay
from onboarding.words import result_words


class ActiveFilter(admin.SimpleListFilter):
    """What holds a start up now."""

    title = _("still holds the start up")
    parameter_name = "active"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Yes or no."""
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Active ones, or lifted ones."""
        if self.value() is None:
            return queryset
        return queryset.filter(lifted_at__isnull=self.value() == "yes")


@admin.register(OnboardingDelay)
class OnboardingDelayAdmin(Lean, Scoped, ReadOnly, ModelAdmin):
    """They follow from the interviews and are lifted by them."""

    nothing_yet = _(
        "No start is delayed. When an interview breaks off that a start waits on, its delay appears here."
    )
    list_display = [
        "candidate",
        "days",
        "cause",
        "expected_text",
        "started_at",
        "lifted_at",
    ]
    list_select_related = ["case__application__candidate", "case__application__opening"]
    list_filter = [ActiveFilter, ("cause", ChoicesDropdownFilter), ("started_at", MomentRangeFilter)]
    list_filter_submit = True
    search_fields = ["case__application__candidate__search_key"]
    sortable_by = ["started_at"]
    in_copies = {"expected_text": ("expected_result", "date_unknown")}
    ordering = ["-pk"]
    fields = [
        "case",
        "interview",
        "days",
        "cause",
        "expected_text",
        "started_at",
        "lifted_at",
    ]
    readonly_fields = fields

    @display(description=_("candidate"))
    def candidate(self, delay: OnboardingDelay) -> str:
        """Whose start it is."""
        return delay.case.application.candidate.name

    @display(description=_("result now expected"))
    def expected_text(self, delay: OnboardingDelay) -> str:
        """The day, or that nobody knows it."""
        return result_words(delay)
