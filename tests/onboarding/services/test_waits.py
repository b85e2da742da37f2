"""A case opened early waits on the interviews that are scheduled later, too."""

from datetime import date, timedelta

import pytest

from core.events import relay
from core.events.models import Event, Reaction
from onboarding.models import OnboardingCase
from onboarding.services import cases
from people.actors import Party
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Interview
from recruitment.services import interviews, scheduling
from tests.factories import onboarding, people, recruitment
from tests.onboarding.services.held_up import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NAME = "onboarding.wait_on_interview"


def schedule(application: Application, *, number: int = 1) -> Interview:
    return scheduling.schedule(
        application_id=application.pk, opens_at=MONDAY, closes_at=MONDAY + timedelta(hours=8), round=number,
        by=people.recruiter(),
    )  # fmt: skip


def receipts() -> list[tuple[str, str, list[str]]]:
    rows = Reaction.objects.filter(name=NAME).order_by("id")
    return [(row.state, row.note, [effect["label"] for effect in row.effects]) for row in rows]


def test_an_interview_scheduled_after_the_case_was_opened_is_waited_on() -> None:
    application = recruitment.application(stage=ApplicationStage.SCREENING)
    case = onboarding.case(application)
    assert set(case.waits_on.all()) == set()

    interview = schedule(application)

    assert set(case.waits_on.all()) == {interview}
    assert receipts() == [("done", "", ["The start waits on the interview of round %(round)s"])]
    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
    interviews.interrupt(interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    case.refresh_from_db()
    assert [(delay.interview_id, delay.days) for delay in case.delays.active()] == [(interview.pk, 3)]
    assert case.forecast_start == date(2026, 12, 17)


def test_it_is_added_to_those_that_the_case_waits_on_already() -> None:
    first = recruitment.interview(recruitment.application(stage=ApplicationStage.SCREENING))
    case = onboarding.case(first)
    second = schedule(first.application, number=2)
    assert set(case.waits_on.all()) == {first, second}


def test_a_repeated_reaction_changes_nothing_more() -> None:
    application = recruitment.application(stage=ApplicationStage.SCREENING)
    case = onboarding.case(application)
    interview = schedule(application)

    relay.run_again(reaction_id=Reaction.objects.get(name=NAME).pk)

    assert set(case.waits_on.all()) == {interview}
    assert [state for state, _note, _effects in receipts()] == ["done"]
    assert Event.objects.filter(kind="start_forecast_changed").count() == 0


@pytest.mark.parametrize("over", ["cancelled", "completed"])
def test_a_late_reaction_does_not_wait_on_what_is_over(over: str) -> None:
    interview = recruitment.interview(state=over)
    case = onboarding.case(interview.application)
    cases.wait_on_scheduled(interview_id=interview.pk)
    assert set(case.waits_on.all()) == set()


@pytest.mark.parametrize("cancelled", [True, False])
def test_without_a_running_case_there_is_nothing_to_do(cancelled: bool) -> None:
    application = recruitment.application(stage=ApplicationStage.SCREENING)
    if cancelled:
        case = onboarding.case(application)
        case.cancel()
        case.save()

    schedule(application)

    assert receipts() == [("done", "No onboarding case waits on this interview.", [])]
    assert not OnboardingCase.objects.filter(waits_on__isnull=False).exists()


def test_the_case_of_somebody_else_is_not_touched() -> None:
    other = onboarding.case(recruitment.application())
    schedule(recruitment.application(stage=ApplicationStage.SCREENING))
    assert set(other.waits_on.all()) == set()
