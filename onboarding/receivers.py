"""What onboarding does when something happens elsewhere. Each brings its rows to the subject's present state."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.utils.translation import gettext_lazy as _

from core.events import titled
from core.events.models import Event
from core.jobs import works
from onboarding.models import OnboardingTemplate
from onboarding.services import cases, delays, scores, templates


@titled(_("Onboarding delay"))
def align_delay(event: Event) -> None:
    """The delays and forecasts of the cases that wait on an interview."""
    delays.align(interview_id=event.subject_id)


@titled(_("Onboarding case"))
def align_case(event: Event) -> None:
    """The case of an application: opened, moved, cancelled."""
    cases.align_with_application(application_id=event.subject_id)


@titled(_("Interviews that a start waits on"))
def wait_on_interview(event: Event) -> None:
    """The case of an application that is to be interviewed once more."""
    cases.wait_on_scheduled(interview_id=event.subject_id)


@titled(_("Employee file"))
def write_employee_score(event: Event) -> None:
    """The best report's score in the employee file."""
    scores.write(assessment_id=event.subject_id)


@titled(_("Employee file"))
def follow_candidate(event: Event) -> None:
    """Name, phone and e-mail in the employee file."""
    cases.follow_candidate(candidate_id=event.subject_id)


@titled(_("Provisional dates"))
def recompute_provisional(event: Event) -> None:
    """Every figure counted through the year whose calendar was loaded or edited, as long work."""
    works.ask(delays.RECOUNT, because_of=event)


def seed_template(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After every migration: the standard template, when there is none at all."""
    if (
        using == DEFAULT_DB_ALIAS
        and OnboardingTemplate._meta.db_table in connection.introspection.table_names()
    ):
        templates.ensure_one()
