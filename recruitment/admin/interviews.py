"""Interviews: the list by effective state, and the page with everything that happened and may be done."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from core.admin import looks
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.many import WithMany
from core.admin.panels import WithPanels
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import WithSteps
from core.history.models import LookKind
from recruitment import colours, queries
from recruitment.admin import interview_page, interview_steps
from recruitment.admin.agenda import WithAgenda
from recruitment.admin.wall import WithWall
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Checkpoint, Interview, Stage
from recruitment.queries import unscored_by_person


class LiveStateFilter(DropdownFilter):
    """By the effective state: who has just fallen silent counts as interrupted."""

    title = _("state")
    parameter_name = "live_state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every state."""
        return list(InterviewState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Interview]) -> QuerySet[Interview]:
        """Those in the chosen one."""
        rows: Any = queryset
        return rows.in_live_state(self.value()) if self.value() in InterviewState.values else queryset


class AwaitingReviewFilter(DropdownFilter):
    """Finished interviews whose full report waits for a person's score."""

    title = _("reviewer's score")
    parameter_name = "awaiting_review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One choice: those that wait."""
        return [("yes", _("Waits for a person's score"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Interview]) -> QuerySet[Interview]:
        """Those that wait, when asked for."""
        return queryset.filter(unscored_by_person()) if self.value() == "yes" else queryset


def _number_of(rows: QuerySet[Any], key: str) -> Coalesce:
    counted = rows.order_by().values(key).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@admin.register(Interview)
class InterviewAdmin(
    Lean, WithAgenda, WithWall, Scoped, WithMany, WithSteps, WithPanels, ReadOnly, ModelAdmin
):
    """Interviews. Nothing on the page is a form field: every change is a step."""

    nothing_yet = _("No interview is planned yet: plan one from an application's page.")
    looked_at = LookKind.PAGE
    list_before_template = "recruitment/admin/interviews_head.html"
    steps = interview_steps.STEPS
    change_form_template = "recruitment/admin/interview.html"
    list_display = [
        "candidate",
        "opening",
        "state_label",
        "progress",
        "attempt",
        "window",
        "resume_until",
        "last_seen",
    ]
    list_filter = [
        LiveStateFilter,
        AwaitingReviewFilter,
        ("application__opening", AutocompleteSelectFilter),
        ("application__opening__department", AutocompleteSelectFilter),
        ("kind", ChoicesDropdownFilter),
        ("window_closes_at", MomentRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["application__candidate__search_key", "application__opening__search_key"]
    sortable_by = ["window"]
    in_copies = {"window": ("window_opens_at", "window_closes_at")}
    fields: list[str] = []

    def with_details(self, rows: Any) -> QuerySet[Interview]:
        """With the effective state, and how many stages are saved."""
        saved = Checkpoint.objects.filter(interview=OuterRef("pk"), attempt=OuterRef("attempt"))
        return (
            rows.with_live_state()
            .select_related("application__candidate", "application__opening__specialist", "version", "lease")
            .annotate(
                saved_count=_number_of(saved, "interview"),
                planned_count=_number_of(Stage.objects.filter(version=OuterRef("version")), "version"),
            )
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page, with the interview's whole story in its context."""
        context = dict(extra_context or {})
        if request.method == "GET" and self.has_view_permission(request):
            interview = self.get_object(request, unquote(object_id))
            if interview is not None:
                # Page, panels and steps all ask for these.
                prefetch_related_objects([interview], "consents", "exits__corrected_by")
                attempt = queries.attempt_of(interview, request.GET.get("attempt"))
                context |= interview_page.context(interview, attempt=attempt)
                context["step_urls"] = {
                    step.name.replace("-", "_"): self.step_url(interview, step.name)
                    for step in self.all_steps
                }
        return super().change_view(request, object_id, form_url, context)

    @display(description=_("candidate"))
    def candidate(self, interview: Interview) -> str:
        """Who."""
        return str(interview.application.candidate)

    @display(description=_("opening"))
    def opening(self, interview: Interview) -> str:
        """For what."""
        return str(interview.application.opening)

    @display(description=_("state"), label=colours.INTERVIEW)
    def state_label(self, interview: Any) -> Any:
        """The effective state in words."""
        return interview.live_state, InterviewState(interview.live_state).label

    @display(description=_("stages saved"))
    def progress(self, interview: Any) -> str:
        """Of this attempt; people keep no stages."""
        if interview.kind == InterviewKind.PEOPLE:
            return "–"
        return f"{interview.saved_count} / {interview.planned_count}"

    @display(description=_("window"), ordering="window_opens_at")
    def window(self, interview: Interview) -> str:
        """From when to when."""
        return looks.span(interview.window_opens_at, interview.window_closes_at)

    @display(description=_("last sign of life"), empty_value="–")
    def last_seen(self, interview: Interview) -> Any:
        """When the candidate's page last spoke to us."""
        return interview.lease.last_seen_at if hasattr(interview, "lease") else None
