"""Delays through holidays, years without data, and days that are edited."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.events.models import Event
from onboarding.models import OnboardingCase
from onboarding.services import delays
from people.actors import Party
from people.models import CalendarDay
from people.services import calendar
from recruitment.services import interviews
from tests.factories import onboarding, people
from tests.factories.works import work_off
from tests.onboarding.services.held_up import SHANGHAI, announced, forecast, interview, put, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_the_national_holiday_and_its_make_up_days_are_counted(clock):
    clock.move_to(datetime(2026, 9, 28, 10, tzinfo=SHANGHAI))
    row = interview(window_closes_at=datetime(2026, 9, 28, 20, tzinfo=SHANGHAI))
    case = onboarding.case(row, start=date(2026, 9, 30))
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    # To return until 1 October, a holiday; worked again on the 8th, scored on the 9th. Expected was 29 September.
    assert rows(case) == [(3, "network", date(2026, 10, 9), False, True)]
    # Three working days after 30 September: the 8th, the 9th, and Saturday the 10th, which is worked.
    assert CalendarDay.objects.get(date=date(2026, 10, 10)).is_working
    assert forecast(case)[1] == date(2026, 10, 10)


@pytest.mark.usefixtures("unknown_2027")
def test_a_year_without_data_is_counted_provisionally_and_named(new_year):
    _row, case = new_year
    # To return until 31 December; 1 January is a fixed holiday, so scored on Monday the 4th.
    assert rows(case) == [(3, "network", date(2027, 1, 4), False, True)]
    assert forecast(case) == (date(2026, 12, 31), date(2027, 1, 6), [2027])
    assert announced()[0][1]["provisional"] is True


@pytest.mark.usefixtures("unknown_2027")
def test_loading_the_year_counts_again_and_announces_what_moved(new_year):
    row, case = new_year
    holidays = {date(2027, 1, day): calendar.Day(is_working=False, note="元旦") for day in (1, 2, 3, 4)}
    calendar.load_year(year=2027, days=holidays, source="official notice", by=people.lead())
    work_off()
    assert rows(case) == [(3, "network", date(2027, 1, 5), False, True)]
    assert forecast(case) == (date(2026, 12, 31), date(2027, 1, 7), [])
    moved = announced()[-1][1]
    assert (moved["was"], moved["forecast"], moved["provisional"]) == ("2027-01-06", "2027-01-07", False)
    event = Event.objects.filter(kind="start_forecast_changed").last()
    assert (event.origin_id, event.caused_by.kind) == (row.pk, "calendar_year_loaded")


def test_an_edited_day_moves_what_was_counted_through_it_and_nothing_else():
    touched, other = interview(), interview()
    case = onboarding.case(touched)
    far = onboarding.case(other, start=date(2026, 12, 28))
    for row in (touched, other):
        interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    assert (forecast(case)[1], forecast(far)[1]) == (date(2026, 12, 17), date(2026, 12, 31))
    calendar.set_day(day=date(2026, 12, 15), is_working=False, by=people.lead())
    work_off()
    assert (forecast(case)[1], forecast(far)[1]) == (date(2026, 12, 18), date(2026, 12, 31))


def test_recounting_reads_as_much_for_three_cases_as_for_one():
    counts = []
    for more in (1, 2):
        for _number in range(more):
            row = interview()
            onboarding.case(row)
            put(row, "interrupted")
            delays.align(interview_id=row.pk)
        with CaptureQueriesContext(connection) as queries:
            delays.recount(year=2026, ids=list(OnboardingCase.objects.values_list("pk", flat=True)))
        counts.append(len(queries))
    assert counts[0] == counts[1]
