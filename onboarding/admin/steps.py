"""Steps: what is to be done, and the button that says it is."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.filters import DayRangeFilter
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import Step, WithSteps
from onboarding.enums import StepState
from onboarding.models import OnboardingStep
from onboarding.services import steps as service
from people.actors import person_of
from people.rules import is_hr

STEP_COLOURS = {StepState.WAITING: "warning", StepState.READY: "info", StepState.DONE: "success"}


def complete(request: HttpRequest, step: OnboardingStep, _values: dict[str, Any]) -> str | StrPromise:
    """Mark it as done."""
    service.complete_step(step_id=step.pk, by=person_of(request))
    return _("“%(step)s” is done.") % {"step": step}


def reopen(request: HttpRequest, step: OnboardingStep, _values: dict[str, Any]) -> str | StrPromise:
    """Take the mark back."""
    service.reopen_step(step_id=step.pk, by=person_of(request))
    return _("“%(step)s” is open again.") % {"step": step}


DONE = Step(
    "done",
    _("Mark as done"),
    complete,
    look="primary",
    in_list=True,
    offered=lambda step: step.state == StepState.READY and step.case.is_running,
)
REOPEN = Step(
    "reopen",
    _("Open again"),
    reopen,
    in_list=True,
    offered=lambda step: step.state == StepState.DONE and step.case.is_running,
)


class DueFilter(DropdownFilter):
    """What waits for somebody now."""

    title = _("to be done")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one question."""
        return [("due", _("By today"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Of starts that lie ahead: what can be done, and should be by today."""
        return queryset.due() if self.value() == "due" else queryset


@admin.register(OnboardingStep)
class OnboardingStepAdmin(Lean, WithSteps, Scoped, ReadOnly, ModelAdmin):
    """Everything that is to be done for all starts, the most urgent first."""

    nothing_yet = _("No steps yet: they come with an onboarding.")
    list_display = [
        "title_text",
        "candidate",
        "due_on",
        "owner_role",
        "state_label",
        "done_by",
        "step_buttons",
    ]
    list_select_related = ["case__application__candidate", "case__application__opening", "done_by"]
    list_filter = [
        DueFilter,
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("owner_role", ChoicesDropdownFilter),
        ("due_on", DayRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["case__application__candidate__search_key"]
    sortable_by = ["due_on"]
    ordering = ["due_on", "pk"]
    fields = [
        "case",
        "title_text",
        "kind",
        "owner_role",
        "state",
        "due_on",
        "done_at",
        "done_by",
        "rests_on",
    ]
    readonly_fields = fields
    steps = (DONE, REOPEN)

    def has_step_permission(self, request: HttpRequest) -> bool:
        """A step may be anybody's in HR: the service asks whose it is."""
        return is_hr(request.user)  # type: ignore[arg-type]

    @display(description=_("step"))
    def title_text(self, step: OnboardingStep) -> str:
        """In the reader's language."""
        return str(step)

    @display(description=_("candidate"))
    def candidate(self, step: OnboardingStep) -> str:
        """Whose start it is."""
        return step.case.application.candidate.name

    @display(description=_("state"), label=STEP_COLOURS)
    def state_label(self, step: OnboardingStep) -> Any:
        """The state in words."""
        return step.state, StepState(step.state).label
