"""Cases: the page that shows a preparation whole, and the list that shows what is late."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.filters import DayRangeFilter, OneAnswerFilter
from core.admin.lists import Lean
from core.admin.panels import WithPanels
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import WithSteps, button
from core.history.models import LookKind
from core.joining import joined
from onboarding.admin.case_steps import CREATION, STEPS, interview_words
from onboarding.admin.identities import ENTER, identity_words
from onboarding.admin.steps import DONE, REOPEN
from onboarding.enums import CaseState, StepKind, StepState
from onboarding.models import OnboardingCase, OnboardingDelay, OnboardingStep
from onboarding.models.cases import CaseQuerySet
from onboarding.words import delay_words, forecast_words, result_words

CASE_COLOURS = {
    CaseState.PREPARING: "info",
    CaseState.READY: "success",
    CaseState.STARTED: "success",
    CaseState.CANCELLED: "danger",
}


class DelayedFilter(admin.SimpleListFilter):
    """Whether something holds the start up."""

    title = _("delayed")
    parameter_name = "delayed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Yes or no."""
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Cases with an active delay, or without one."""
        delayed = OnboardingCase.objects.delayed().values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=delayed)
        return queryset.exclude(pk__in=delayed) if self.value() == "no" else queryset


class IdentityFilter(OneAnswerFilter):
    """Whether identity document and address are there, of those who were hired and have not started."""

    title = _("identity document and address")
    parameter_name = "identity"
    # What is there is a list of its own.
    answer = "missing", _("Missing")

    def found(self) -> QuerySet[OnboardingCase]:
        """The cases whose person owes them."""
        return OnboardingCase.objects.owing_identity()


class StepInline(ReadOnly, TabularInline):
    """The steps with their buttons; an approval shows the score that it rests on and its basis."""

    model = OnboardingStep
    extra = 0
    hide_title = True
    fields = [
        "number",
        "title_text",
        "owner_role",
        "state",
        "due_on",
        "done_text",
        "rests_on_text",
        "objection_text",
        "buttons",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnboardingStep]:
        """With what a line shows."""
        related = ("case__employee__onboarding_score", "done_by", "objected_by", "rests_on")
        return super().get_queryset(request).select_related(*related)

    @display(description=_("step"))
    def title_text(self, step: OnboardingStep) -> str:
        """In the reader's language."""
        return str(step)

    @display(description=_("marked as done by"), empty_value="–")
    def done_text(self, step: OnboardingStep) -> str | None:
        """By whom."""
        return str(step.done_by) if step.done_by else None

    @display(description=_("not agreed"), empty_value="–")
    def objection_text(self, step: OnboardingStep) -> str | None:
        """Who did not agree to it, and why."""
        if step.objected_at is None:
            return None
        return f"{step.objected_by or '–'}: {step.objection}"

    @display(description=_("rests on"), empty_value="–")
    def rests_on_text(self, step: OnboardingStep) -> str | None:
        """What it was approved on; before that, what it would be approved on now."""
        if step.kind != StepKind.APPROVAL:
            return None
        if step.state == StepState.DONE:
            return str(step.rests_on) if step.rests_on else str(_("no report"))
        return (step.case.score and step.case.score.words) or str(_("no report"))

    @display(description=_("Next step"), empty_value="")
    def buttons(self, step: OnboardingStep) -> SafeString:
        """What can be done with it, as a POST that comes back to this page."""
        back = reverse("admin:onboarding_onboardingcase_change", args=[step.case_id])
        offered = [
            button(
                one.title,
                reverse(
                    "admin:onboarding_onboardingstep_step", args=[step.pk, one.name], query={"next": back}
                ),
                look=one.look,
            )
            for one in (DONE, REOPEN)
            if one.offered(step)
        ]
        return format_html_join("", "{}", ((one,) for one in offered))


class DelayInline(ReadOnly, TabularInline):
    """What holds the start up, and what once did."""

    model = OnboardingDelay
    extra = 0
    hide_title = True
    fields = ["interview", "days", "cause", "expected_text", "started_at", "lifted_at"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnboardingDelay]:
        """With the names that a line shows."""
        related = ("interview__application__candidate", "interview__application__opening")
        return super().get_queryset(request).select_related(*related)

    @display(description=_("result now expected"))
    def expected_text(self, delay: OnboardingDelay) -> str:
        """The day, or that nobody knows it."""
        return result_words(delay)


@admin.register(OnboardingCase)
class OnboardingCaseAdmin(Lean, WithPanels, WithSteps, Scoped, ReadOnly, ModelAdmin):
    """Preparations. They follow from applications and interviews; what people do are steps."""

    looked_at = LookKind.PAGE
    nothing_yet = _("No onboarding yet: it begins once an application has a planned start.")
    list_display = [
        "candidate",
        "opening",
        "state_label",
        "planned_start",
        "forecast",
        "delay",
        "score",
        "progress",
    ]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        DelayedFilter,
        IdentityFilter,
        ("application__opening__department", AutocompleteSelectFilter),
        ("forecast_start", DayRangeFilter),
    ]
    list_filter_submit = True
    search_fields = [
        "application__candidate__search_key",
        "application__opening__search_key",
        "=employee__number",
    ]
    sortable_by = ["planned_start", "forecast"]
    in_copies = {"forecast": ("forecast_start", "forecast_note")}
    ordering = ["forecast_start", "pk"]
    inlines = [StepInline, DelayInline]
    fieldsets = [
        (None, {"fields": ["application", "employee", "identity", "state", "started_on"]}),
        (
            _("Start"),
            {"fields": ["planned_start", "forecast", "delay", "waits_on_text", "score", "score_source"]},
        ),
    ]
    readonly_fields = [
        "application", "employee", "identity", "state", "started_on", "planned_start", "forecast", "delay",
        "waits_on_text", "score", "score_source",
    ]  # fmt: skip
    steps = (*STEPS, ENTER)
    creation = CREATION

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """HR begins one through the service."""
        return self.has_step_permission(request)

    def with_details(self, rows: QuerySet[OnboardingCase]) -> QuerySet[OnboardingCase]:
        """With what a line shows."""
        return cast("CaseQuerySet", rows).with_rows()

    @display(description=_("candidate"))
    def candidate(self, case: OnboardingCase) -> str:
        """Whose start it is."""
        return case.application.candidate.name

    @display(description=_("opening"))
    def opening(self, case: OnboardingCase) -> str:
        """For which position."""
        return str(case.application.opening)

    @display(description=_("identity document and address"), empty_value="–")
    def identity(self, case: OnboardingCase) -> str | SafeString | None:
        """The way to them; or that they are missing, and who owes them."""
        return identity_words(case)

    @display(description=_("state"), label=CASE_COLOURS)
    def state_label(self, case: OnboardingCase) -> Any:
        """The state in words."""
        return case.state, CaseState(case.state).label

    @display(description=_("forecast start"), ordering="forecast_start")
    def forecast(self, case: OnboardingCase) -> str:
        """The day, and whether it is provisional."""
        return forecast_words(case)

    @display(description=_("in words"), empty_value="–")
    def forecast_note(self, case: OnboardingCase) -> str | None:
        """What the day alone does not say: that it is provisional."""
        return forecast_words(case) if case.forecast_is_provisional else None

    @display(description=_("delay"), empty_value="–")
    def delay(self, case: OnboardingCase) -> str | None:
        """The longest active one."""
        return delay_words(case.delays.all()) or None

    @display(description=_("interview score"), empty_value="–")
    def score(self, case: OnboardingCase) -> str | None:
        """With interval and basis. No column to sort by: estimates are not ranked."""
        return case.score.words if case.score else None

    @display(description=_("score source"), empty_value="–")
    def score_source(self, case: OnboardingCase) -> str | None:
        """Which report it is: its kind in words, and its number."""
        kind, _space, number = case.score.source.partition(" ") if case.score else ("", "", "")
        return f"{_(kind)} {number}" if kind else None

    @display(description=_("steps done"))
    def progress(self, case: OnboardingCase) -> str:
        """How far the preparation is."""
        steps = case.steps.all()
        return f"{sum(step.state == StepState.DONE for step in steps)} / {len(steps)}"

    @display(description=_("waits on the interviews"), empty_value="–")
    def waits_on_text(self, case: OnboardingCase) -> str | None:
        """Each with its state."""
        return joined(interview_words(interview) for interview in case.waits_on.all()) or None
