"""What only time moves: a start that nobody can promise any more, and its earliest day."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.events.models import Event
from onboarding import tasks
from onboarding.models import OnboardingCase, OnboardingDelay
from onboarding.services import delays
from people.actors import Party
from recruitment.models import Application, Interview
from recruitment.services import interviews
from tests.factories import onboarding, recruitment
from tests.onboarding.services.held_up import MONDAY, SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
# A Monday at ten: the time to return ends on Thursday at ten.
FRIDAY = datetime(2026, 11, 27, 9, 5, tzinfo=SHANGHAI)
CHANGED = "start_forecast_changed"


def interview(state: str = "in_progress", **fields) -> Interview:
    return recruitment.interview(state=state, window_closes_at=MONDAY + timedelta(hours=10), **fields)


def shown(case: OnboardingCase) -> tuple[int, date, bool, date]:
    delay = OnboardingDelay.objects.active().get(case=case)
    case = OnboardingCase.objects.select_related("employee").get(pk=case.pk)
    assert case.employee.starts_on == case.forecast_start
    return delay.days, delay.expected_result, delay.date_unknown, case.forecast_start


def test_once_the_time_to_return_is_over_the_start_is_unknown(clock):
    row = interview()
    case = onboarding.case(row)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    assert shown(case) == (3, date(2026, 11, 27), False, date(2026, 12, 17))

    clock.move_to(FRIDAY)
    assert [tasks.refresh_delays(), tasks.refresh_delays()] == [1, 0]

    assert Interview.objects.get(pk=row.pk).state == "interrupted"
    assert shown(case) == (4, date(2026, 11, 30), True, date(2026, 12, 18))
    news = Event.objects.filter(kind=CHANGED).order_by("id")
    assert list(news.values_list("facts__date_unknown", flat=True)) == [False, True]


def test_any_alignment_after_the_time_to_return_says_so_too(clock):
    row = interview(state="interrupted")
    case = onboarding.case(row)
    clock.move_to(FRIDAY)
    delays.align(interview_id=row.pk)
    assert shown(case) == (4, date(2026, 11, 30), True, date(2026, 12, 18))


def test_until_the_very_last_minute_the_date_is_known(clock):
    row = interview(state="interrupted")
    case = onboarding.case(row)
    before = shown(case)
    clock.move_to(MONDAY + timedelta(hours=71, minutes=59))
    assert tasks.refresh_delays() == 0
    assert shown(case) == before


@pytest.mark.parametrize("state", ["abandoned", "missed"])
def test_the_earliest_day_moves_on_without_news(clock, state):
    case = onboarding.case(interview(state=state))
    assert shown(case) == (1, date(2026, 11, 24), True, date(2026, 12, 15))
    told = Event.objects.filter(kind=CHANGED).count()

    clock.move_to(FRIDAY)
    assert [tasks.refresh_delays(), tasks.refresh_delays()] == [1, 0]
    assert shown(case) == (4, date(2026, 11, 30), True, date(2026, 12, 18))
    first_day = case.steps.get(kind="first_day")
    assert first_day.due_on == date(2026, 12, 18)

    # A weekend changes nothing: Monday's earliest result is Tuesday's.
    clock.move_to(FRIDAY + timedelta(days=1))
    tasks.refresh_delays()
    assert shown(case) == (5, date(2026, 12, 1), True, date(2026, 12, 21))
    clock.move_to(FRIDAY + timedelta(days=2))
    assert tasks.refresh_delays() == 0
    assert Event.objects.filter(kind=CHANGED).count() == told


@pytest.mark.parametrize("state", ["scheduled", "in_progress", "completed", "cancelled"])
def test_what_holds_nothing_up_or_may_still_end_well_stays_as_it_is(clock, state):
    case = onboarding.case(interview(state=state))
    clock.move_to(FRIDAY)
    assert tasks.refresh_delays() == 0
    assert not OnboardingDelay.objects.filter(case=case).exists()


def test_a_case_that_does_not_run_is_left_alone(clock):
    row = interview(state="abandoned")
    case = onboarding.case(row)
    before = shown(case)
    case.cancel()
    case.save()
    clock.move_to(FRIDAY)
    assert tasks.refresh_delays() == 0
    assert shown(case) == before


def test_an_application_that_ended_meanwhile_holds_no_delay_any_more(clock):
    row = interview(state="abandoned")
    case = onboarding.case(row)
    application = Application.objects.get(pk=row.application_id)
    application.withdraw()
    application.save()
    clock.move_to(FRIDAY)
    assert [delays.refresh(), delays.refresh()] == [1, 0]
    assert not OnboardingDelay.objects.active().filter(case=case).exists()


def test_it_is_bounded_and_the_next_run_takes_the_rest(clock, monkeypatch):
    monkeypatch.setattr(delays, "REFRESHED_AT_ONCE", 2)
    cases = [onboarding.case(interview(state="missed")) for _number in range(5)]
    clock.move_to(FRIDAY)
    assert [delays.refresh(limit=3), delays.refresh(limit=3), delays.refresh(limit=3)] == [3, 2, 0]
    assert {shown(case) for case in cases} == {(4, date(2026, 11, 30), True, date(2026, 12, 18))}


def test_what_stands_as_it_should_costs_the_same_for_three_cases_as_for_one(clock):
    counts = []
    for more in (1, 2):
        for _number in range(more):
            onboarding.case(interview(state="missed"))
        with CaptureQueriesContext(connection) as queries:
            assert delays.refresh() == 0
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4
