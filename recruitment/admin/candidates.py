"""Candidates and where their applications stand."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.lists import Lean
from core.admin.panels import WithPanels
from core.admin.scope import ReadOnly, Scoped
from core.counts import REACH
from recruitment import colours
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Candidate


class ApplicationInline(ReadOnly, TabularInline):
    """A candidate's applications, read only: each has its own page."""

    model = Application
    fields = readonly_fields = ["to_page", "stage", "stage_since", "promised_by"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        """Those that this person may see."""
        return super().get_queryset(request).visible_to(request.user).select_related("opening", "candidate")

    @display(description=_("opening"))
    def to_page(self, application: Application) -> Any:
        """For what, with the way to the application."""
        address = reverse("admin:recruitment_application_change", args=[application.pk])
        return format_html('<a href="{}">{}</a>', address, application.opening)


class StageFilter(DropdownFilter):
    """By where one of the applications stands."""

    title = _("stage")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every stage."""
        return list(ApplicationStage.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> QuerySet[Candidate]:
        """Each once, however many applications stand there."""
        if not self.value():
            return queryset
        there = Application.objects.order_by().filter(stage=self.value())
        few = list(there.values_list("candidate", flat=True)[: REACH + 1])
        if len(few) <= REACH:
            return queryset.filter(pk__in=few)
        return queryset.filter(Exists(there.filter(candidate=OuterRef("pk"))))


@admin.register(Candidate)
class CandidateAdmin(Lean, Scoped, WithPanels, ModelAdmin):
    """Candidates. What they applied for is on the application."""

    list_display = ["name", "phone", "email", "application_count", "latest_stage", "created_at"]
    list_filter = [
        StageFilter,
        ("language", ChoicesDropdownFilter),
        ("created_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = ["search_key"]
    sortable_by = ["created_at"]
    fields = ["name", "phone", "email", "language", "created_at"]
    readonly_fields = ["created_at"]
    inlines = [ApplicationInline]

    def with_details(self, rows: QuerySet[Candidate]) -> QuerySet[Candidate]:
        """With the number of applications, and where the newest stands."""
        theirs = Application.objects.filter(candidate=OuterRef("pk")).order_by("-id")
        counted = theirs.order_by().values("candidate").annotate(number=Count("pk")).values("number")
        return rows.annotate(
            application_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
            newest_stage=Subquery(theirs.values("stage")[:1]),
        )

    def get_inlines(self, request: HttpRequest, obj: Candidate | None = None) -> list[Any]:
        """A new candidate has no application yet."""
        return self.inlines if obj else []

    @display(description=_("applications"))
    def application_count(self, candidate: Any) -> int:
        """How often this person applied."""
        return candidate.application_count

    @display(description=_("latest stage"), label=colours.APPLICATION)
    def latest_stage(self, candidate: Any) -> Any:
        """Where the newest application stands."""
        if candidate.newest_stage is None:
            return None
        return candidate.newest_stage, ApplicationStage(candidate.newest_stage).label
