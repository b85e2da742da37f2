"""Onboarding for tests: cases that wait on interviews, opened the way the system opens them."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from onboarding.models import OnboardingCase
from onboarding.services import cases, steps
from people import calendar
from people.actors import Party
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Interview
from tests.factories import people, recruitment

# Of tests whose clock stands in November 2026; others type `soon()`.
START = date(2026, 12, 14)


def soon() -> date:
    """A working day three weeks ahead, whenever the tests run."""
    return calendar.first_working_day(timezone.localdate() + timedelta(weeks=3)).date


def case(of: Interview | Application | None = None, *, start: date = START) -> OnboardingCase:
    """A case for an interview's application that waits on the interview, or for an application that waits on none."""
    of = of or recruitment.interview()
    application, waits_on = (of.application, [of.pk]) if isinstance(of, Interview) else (of, [])
    Application.objects.filter(pk=application.pk).update(planned_start=start)
    return cases.open_case(
        application_id=application.pk, planned_start=start, waits_on=waits_on, by=Party.SYSTEM
    )


def ready_case(*, start: date = START, **application: Any) -> OnboardingCase:
    """A case whose preparation is done; the application is hired unless said otherwise."""
    row = case(
        recruitment.application(stage=application.pop("stage", ApplicationStage.HIRED), **application),
        start=start,
    )
    by = people.lead()
    for step in row.steps.exclude(kind="first_day"):
        steps.complete_step(step_id=step.pk, by=by)
    return OnboardingCase.objects.get(pk=row.pk)
