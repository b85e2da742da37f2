"""Applications: where each stands, its steps, and the evidence from before the interview."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import StackedInline, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.fields import WRITTEN_NUMBERS
from core.admin.filters import MomentRangeFilter
from core.admin.formsets import CheckedFormSet
from core.admin.lists import Lean
from core.admin.many import WithMany
from core.admin.panels import WithPanels
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import Step, WithSteps
from core.figures import Basis, estimate
from core.history.models import LookKind
from people.actors import person_of
from recruitment import colours
from recruitment.admin import application_steps, applying
from recruitment.admin.importing import WithImport
from recruitment.admin.tags import TagOfCandidateFilter
from recruitment.enums import ApplicationStage, AssessmentStatus, InterviewState
from recruitment.models import Application, Assessment, Interview, ResumeFact, WrittenTest
from recruitment.queries import behind_promise
from recruitment.services import evidence


class WrittenTestInline(TabularInline):
    """Test scores per skill."""

    model = WrittenTest
    formset = CheckedFormSet
    formfield_overrides = WRITTEN_NUMBERS
    extra = 0
    autocomplete_fields = ["skill"]
    fields = ["skill", "score", "taken_on"]


class ResumeFactInline(StackedInline):
    """Projects, internships and education."""

    model = ResumeFact
    extra = 0
    autocomplete_fields = ["skill"]
    fields = [("kind", "title", "degree"), "detail", ("skill", "level", "months")]


class InterviewInline(ReadOnly, TabularInline):
    """The application's interviews, read only: each has its own page."""

    model = Interview
    fields = readonly_fields = ["round", "to_page", "attempt", "window_opens_at", "window_closes_at"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interview]:
        """With the effective state."""
        rows = super().get_queryset(request).visible_to(request.user).with_live_state()
        return rows.select_related("application__candidate", "application__opening")

    @display(description=_("state"))
    def to_page(self, interview: Any) -> Any:
        """The effective state in words, and the way to the interview."""
        address = reverse("admin:recruitment_interview_change", args=[interview.pk])
        return format_html('<a href="{}">{}</a>', address, InterviewState(interview.live_state).label)


def _strength() -> Case:
    ranks = (
        When(basis=basis, then=Value(rank))
        for rank, basis in enumerate((Basis.FULL, Basis.PARTIAL, Basis.FALLBACK))
    )
    return Case(*ranks, output_field=IntegerField())


class LateFilter(DropdownFilter):
    """Applications whose candidate waits for a word that was promised by a day that has passed."""

    title = _("promised day")
    parameter_name = "promise"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one question."""
        return [("late", _("Overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        """Those behind."""
        return behind_promise(queryset) if self.value() == "late" else queryset


@admin.register(Application)
class ApplicationAdmin(
    applying.WithLikely, Lean, Scoped, WithImport, WithMany, WithSteps, WithPanels, ModelAdmin
):
    """Applications. The stage moves by steps; written tests and résumé facts are kept here."""

    nothing_yet = _("Nobody has applied yet")
    looked_at = LookKind.PAGE
    steps = application_steps.STEPS
    creation = applying.CREATION
    list_display = [
        "candidate",
        "opening",
        "stage_label",
        "stage_since",
        "promised",
        "planned_start",
        "score",
    ]
    list_select_related = ["candidate", "opening"]
    list_filter = [
        ("stage", ChoicesDropdownFilter),
        LateFilter,
        TagOfCandidateFilter,
        ("opening", AutocompleteSelectFilter),
        ("opening__department", AutocompleteSelectFilter),
        ("source", ChoicesDropdownFilter),
        ("stage_since", MomentRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["candidate__search_key", "opening__search_key"]
    sortable_by = ["stage_since", "promised", "planned_start"]
    in_copies = {"promised": ("promised_by",)}
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("candidate", "opening"),
                    ("stage", "stage_since"),
                    ("planned_start", "promised"),
                    "source",
                ]
            },
        ),
        (None, {"fields": ["end_reason"], "classes": ["hs-if-rejected"]}),
    ]
    readonly_fields = [
        "candidate",
        "opening",
        "stage",
        "stage_since",
        "planned_start",
        "promised",
        "source",
        "end_reason",
    ]
    inlines = [InterviewInline, WrittenTestInline, ResumeFactInline]

    def has_change_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        """Of whoever was erased nothing is written any more."""
        return (obj is None or obj.candidate.erased_at is None) and super().has_change_permission(
            request, obj
        )

    def offered_steps(self, record: Application, person: Any) -> list[dict[str, Any]]:
        """None of them, either."""
        return super().offered_steps(record, person) if record.candidate.erased_at is None else []

    def main_step(self, record: Application, on_offer: Sequence[Step]) -> str:
        """From the second round on what comes next; before it the first that may."""
        named = application_steps.main_step(record)
        return super().main_step(record, on_offer) if named is None else named

    def with_details(self, rows: QuerySet[Application]) -> QuerySet[Application]:
        """With the strongest current score: full before partial before fallback."""
        current = Assessment.objects.filter(
            interview__application=OuterRef("pk"), status=AssessmentStatus.CURRENT, value__isnull=False
        ).annotate(rank=_strength())
        strongest = current.order_by("rank", "-id")
        return rows.select_related("candidate", "opening").annotate(
            score_value=Subquery(strongest.values("value")[:1]),
            score_low=Subquery(strongest.values("low")[:1]),
            score_high=Subquery(strongest.values("high")[:1]),
            score_basis=Subquery(strongest.values("basis")[:1]),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        """With the people, whom a choice of applications names."""
        return super().get_queryset(request).select_related("candidate", "opening")

    def get_fieldsets(self, request: HttpRequest, obj: Application | None = None) -> Any:
        """The reason of a rejection only where there is one."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj and obj.end_reason else fieldsets[:1]

    def has_delete_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        """It is ended by a step, never deleted."""
        return False

    def save_model(self, request: HttpRequest, obj: Application, form: ModelForm, change: bool) -> None:
        """Nothing of the application itself is written by the form."""

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """Save the evidence, and say so: estimates and plans that rest on it follow."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            evidence.announce_changed(form.instance, by=person_of(request))

    @display(description=_("stage"), label=colours.APPLICATION)
    def stage_label(self, application: Application) -> Any:
        """The stage in words."""
        return application.stage, ApplicationStage(application.stage).label

    @display(description=_("promised by"), ordering="promised_by", empty_value="–")
    def promised(self, application: Application) -> Any:
        """The promised day; red once it has passed."""
        if application.promised_by is None:
            return None
        left = (application.promised_by - timezone.localdate()) // timedelta(days=1)
        if left < 0 and application.stage not in ApplicationStage.ended:
            return format_html(
                '<span class="hs-red">{} · {}</span>',
                application.promised_by,
                ngettext("%(days)s day late", "%(days)s days late", -left) % {"days": -left},
            )
        return application.promised_by

    @display(description=_("AI interview score"), empty_value="–")
    def score(self, application: Any) -> Any:
        """The strongest current score with its basis; an estimate says that it is one, and nobody is ranked by it."""
        found = estimate(
            application.score_value, application.score_low, application.score_high, application.score_basis
        )
        return found.words if found else None
