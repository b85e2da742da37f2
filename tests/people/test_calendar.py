"""Counting in working days: exactly, over 调休, and provisionally where a year has no data."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from people.calendar import (
    WorkingDate,
    WorkingDays,
    add_working_days,
    first_working_day,
    is_working_day,
    require_known_year,
    working_days_between,
    years_loaded,
)
from people.models import CalendarDay, CalendarYear

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unknown_2027")]


def test_three_years_are_there_after_migration():
    assert years_loaded() == (2024, 2025, 2026)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 9), True),
        (date(2026, 10, 10), True),  # a Saturday, worked for the golden week
        (date(2026, 10, 11), False),
        (date(2026, 9, 20), True),  # a Sunday, worked
        (date(2026, 2, 14), True),
        (date(2026, 2, 16), False),
        (date(2027, 1, 1), False),  # a Friday without data: the fixed holiday
        (date(2027, 1, 4), True),
        (date(2027, 2, 8), True),  # the lunar holidays are not guessed
        (date(2027, 5, 3), True),
        (date(2027, 10, 1), False),
        (date(2027, 10, 4), True),
    ],
)
def test_is_working_day(day, worked):
    assert is_working_day(day) is worked


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
        (date(2026, 10, 1), 0, date(2026, 10, 1)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
        (date(2026, 10, 12), -3, date(2026, 10, 8)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # a worked Sunday
    ],
)
def test_add_working_days(start, days, expected):
    assert add_working_days(start, days) == WorkingDate(expected)


def test_add_working_days_into_a_year_without_data_is_provisional():
    assert add_working_days(date(2026, 12, 31), 1) == WorkingDate(date(2027, 1, 4), (2027,))
    assert add_working_days(date(2027, 12, 31), 1) == WorkingDate(date(2028, 1, 3), (2028,))
    assert add_working_days(date(2026, 12, 30), 270).provisional_years == (2027, 2028)


def test_a_year_that_was_not_counted_through_is_not_named():
    assert add_working_days(date(2026, 12, 30), 1) == WorkingDate(date(2026, 12, 31))
    assert add_working_days(date(2027, 1, 1), 0) == WorkingDate(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 9, 30), date(2026, 10, 10), 3),
        (date(2026, 10, 10), date(2026, 9, 30), -3),
        (date(2026, 10, 1), date(2026, 10, 7), 0),
        (date(2026, 10, 8), date(2026, 10, 8), 0),
        (date(2025, 12, 31), date(2026, 12, 31), 248),
    ],
)
def test_working_days_between(start, end, days):
    assert working_days_between(start, end) == WorkingDays(days)


def test_working_days_between_over_a_year_without_data():
    assert working_days_between(date(2026, 12, 28), date(2027, 1, 8)) == WorkingDays(8, (2027,))


def test_a_moment_counts_as_its_local_date():
    late_on_the_30th_in_utc = datetime(2026, 9, 30, 17, tzinfo=ZoneInfo("UTC"))
    assert is_working_day(late_on_the_30th_in_utc) is False  # the first of October in Shanghai


def test_first_working_day():
    assert first_working_day(date(2026, 10, 8)) == WorkingDate(date(2026, 10, 8))
    assert first_working_day(date(2026, 10, 1)) == WorkingDate(date(2026, 10, 8))
    assert first_working_day(date(2027, 1, 1)) == WorkingDate(date(2027, 1, 4), (2027,))


def test_a_typed_date_in_an_unknown_year_is_refused():
    require_known_year(date(2026, 12, 31))
    with pytest.raises(Invalid) as refused:
        require_known_year(date(2027, 1, 4))
    body = refused.value.body()
    assert (body["code"], body["year"]) == ("calendar_year_missing", 2027)


@pytest.mark.parametrize("days", [36_601, -36_601, 10**12])
def test_an_absurd_distance_is_refused(days):
    with pytest.raises(Invalid) as refused:
        add_working_days(date(2026, 1, 1), days)
    assert refused.value.code == "calendar_out_of_range"


def test_the_end_of_time_is_refused_and_not_a_crash():
    with pytest.raises(Invalid) as refused:
        add_working_days(date.max, 1)
    assert refused.value.code == "calendar_out_of_range"
    with pytest.raises(Invalid) as refused:
        working_days_between(date.min, date.max)
    assert refused.value.code == "calendar_out_of_range"


def test_each_call_reads_the_table_once(django_assert_num_queries):
    for call in (
        lambda: add_working_days(date(2026, 1, 5), 3),
        lambda: add_working_days(date(2026, 1, 5), 300),
        lambda: working_days_between(date(2024, 1, 1), date(2026, 12, 31)),
        lambda: is_working_day(date(2026, 1, 5)),
    ):
        with django_assert_num_queries(1):
            call()


def test_an_edit_holds_at_once():
    assert is_working_day(date(2026, 10, 8)) is True
    CalendarDay.objects.create(date=date(2026, 10, 8), is_working=False)
    assert is_working_day(date(2026, 10, 8)) is False
    CalendarYear.objects.filter(year=2026).delete()
    assert working_days_between(date(2026, 10, 7), date(2026, 10, 8)) == WorkingDays(0, (2026,))


days_2026 = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@given(start=days_2026, days=st.integers(-200, 200))
def test_counting_there_and_back_agree(start, days):
    there = add_working_days(start, days).date
    assert working_days_between(start, there).days == days or not is_working_day(start)
    if days > 0:
        assert is_working_day(there)
        assert working_days_between(start, there).days == days


@given(start=days_2026, first=st.integers(0, 300), second=st.integers(0, 300))
def test_stretches_add_up(start, first, second):
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    parts = working_days_between(start, middle).days + working_days_between(middle, end).days
    assert working_days_between(start, end).days == parts
    assert working_days_between(end, start).days == -parts
