"""What HR does on a case's page: begin one, move the start, name the interviews, record the first day."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrPromise
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from core.admin import fields as inputs
from core.admin.steps import Creation, Step, StepForm
from core.seen import require_as_seen
from onboarding.enums import CaseState
from onboarding.models import OnboardingCase
from onboarding.queries import applications_without_case, interviews_to_wait_on
from onboarding.services import cases, steps
from people.actors import person_of
from recruitment.models import Interview
from recruitment.services import applications

Said = str | StrPromise


class CaseForm(StepForm):
    """Whose preparation begins, and for which day."""

    application = inputs.row(
        _("application"), OnboardingCase._meta.get_field("application"), applications_without_case()
    )
    planned_start = inputs.day(_("planned start"))


class StartForm(StepForm):
    """On which day the person came."""

    on = inputs.day(_("started on"), initial=timezone.localdate)


class PlanForm(StepForm):
    """To which day the start is moved."""

    planned_start = inputs.day(_("planned start"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["planned_start"].initial = self.subject.planned_start


class InterviewsForm(StepForm):
    """Which of the application's interviews the start needs."""

    interviews = forms.ModelMultipleChoiceField(
        label=_("waits on the interviews"),
        queryset=Interview.objects.none(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["interviews"]
        field.queryset = Interview.objects.filter(application=self.subject.application_id).order_by("round")
        field.label_from_instance = interview_words
        field.initial = list(self.subject.waits_on.values_list("pk", flat=True))


def interview_words(interview: Interview) -> str:
    """Which round, and how it stands."""
    words = {"round": interview.round, "state": interview.get_state_display()}
    return _("Round %(round)s: %(state)s") % words


def begin(request: HttpRequest, values: dict[str, Any]) -> OnboardingCase:
    """Open the case; it waits on the interviews that are not over."""
    application = values["application"]
    waits_on = interviews_to_wait_on(application_id=application.pk).values_list("pk", flat=True)
    return cases.open_case(
        application_id=application.pk,
        planned_start=values["planned_start"],
        waits_on=list(waits_on),
        by=person_of(request),
    )


def start(request: HttpRequest, case: OnboardingCase, values: dict[str, Any]) -> Said:
    """The person has come."""
    steps.mark_started(case_id=case.pk, on=values["on"], by=person_of(request))
    return _("%(name)s has started.") % {"name": case.employee.name}


def move(request: HttpRequest, case: OnboardingCase, values: dict[str, Any]) -> Said:
    """The plan is the application's; the case follows. Nobody moves a start that was moved since they looked."""
    require_as_seen(OnboardingCase.objects.get(pk=case.pk))
    applications.plan_start(
        application_id=case.application_id, planned_start=values["planned_start"], by=person_of(request)
    )
    return _("The start was moved.")


def choose_interviews(request: HttpRequest, case: OnboardingCase, values: dict[str, Any]) -> Said:
    """The forecast follows at once."""
    chosen = [interview.pk for interview in values["interviews"]]
    cases.wait_on(case_id=case.pk, interview_ids=chosen, by=person_of(request))
    return ngettext(
        "The case waits on %(count)s interview now.",
        "The case waits on %(count)s interviews now.",
        len(chosen),
    ) % {"count": len(chosen)}


CREATION = Creation(
    _("Begin an onboarding"),
    CaseForm,
    begin,
    words=_("The employee file and the steps of the default template are made at once."),
)
STEPS = (
    Step(
        "start",
        _("Has started"),
        start,
        form=StartForm,
        look="primary",
        words=_("The preparation ends and the employment begins on this day."),
        offered=lambda case: case.state == CaseState.READY,
    ),
    Step(
        "move",
        _("Move the planned start"),
        move,
        form=PlanForm,
        words=_("Forecast and due dates follow. What holds the start up now still counts."),
        offered=lambda case: case.is_running,
    ),
    Step(
        "interviews",
        _("Choose the interviews"),
        choose_interviews,
        form=InterviewsForm,
        words=_("An interview that the start does not need delays nothing."),
        offered=lambda case: case.is_running,
    ),
)
