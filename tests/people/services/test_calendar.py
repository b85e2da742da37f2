"""Loading and editing the calendar: who may, what is announced, what is refused whole."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.errors import Forbidden, Invalid
from core.events.models import Event
from people.actors import Party
from people.calendar import WorkingDate, add_working_days, is_working_day, years_loaded
from people.models import CalendarDay, CalendarYear
from people.receivers import seed_calendar
from people.services.calendar import Day, clear_day, load_missing_years, load_year, set_day
from tests.factories import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unknown_2027")]


def announced() -> list[tuple]:
    return [
        (event.kind, event.subject_type, event.subject_id, event.facts["days"])
        for event in Event.objects.order_by("pk")
    ]


def test_typing_a_year_makes_its_dates_certain_and_announces_it():
    assert add_working_days(date(2026, 12, 31), 1).provisional_years == (2027,)
    days = {
        date(2027, 1, 1): Day(False, "元旦"),
        date(2027, 1, 4): Day(False, "元旦"),
        date(2027, 1, 9): Day(True),
    }
    load_year(year=2027, days=days, source="国务院通知", by=people.lead())
    assert add_working_days(date(2026, 12, 31), 1) == WorkingDate(date(2027, 1, 5))
    assert is_working_day(date(2027, 1, 9))
    assert announced() == [("calendar_year_loaded", "people.calendaryear", 2027, [])]
    assert CalendarYear.objects.get(year=2027).source == "国务院通知"


def test_loading_again_replaces_the_days_of_that_year_only():
    before = CalendarDay.objects.exclude(date__year=2026).count()
    CalendarDay.objects.create(date=date(2026, 3, 3), is_working=False, note="公司假")
    load_year(year=2026, by=Party.SYSTEM)
    assert not CalendarDay.objects.filter(date=date(2026, 3, 3)).exists()
    assert CalendarDay.objects.filter(date__year=2026).count() == 39
    assert CalendarDay.objects.exclude(date__year=2026).count() == before


@pytest.mark.parametrize(
    ("year", "days", "code"),
    [
        (2027, None, "calendar_year_unknown"),
        (2027, {date(2026, 1, 1): Day(False)}, "calendar_day_outside_year"),
        (1900, {}, "calendar_year_out_of_range"),
        (2101, {}, "calendar_year_out_of_range"),
    ],
)
def test_a_wrong_year_is_refused_whole(year, days, code):
    before = list(CalendarDay.objects.values_list())
    with pytest.raises(Invalid) as refused:
        load_year(year=year, days=days, by=Party.SYSTEM)
    assert refused.value.code == code
    assert list(CalendarDay.objects.values_list()) == before
    assert years_loaded() == (2024, 2025, 2026)
    assert announced() == []


def test_one_day_is_edited_and_made_ordinary_again():
    lead = people.lead()
    set_day(day=date(2026, 11, 24), is_working=False, note="搬迁", by=lead)
    assert is_working_day(date(2026, 11, 24)) is False
    clear_day(day=date(2026, 11, 24), by=lead)
    assert is_working_day(date(2026, 11, 24)) is True
    clear_day(day=date(2026, 11, 24), by=lead)  # ordinary already: nothing to announce
    assert announced() == [("calendar_year_loaded", "people.calendaryear", 2026, ["2026-11-24"])] * 2


def test_a_day_of_an_unknown_year_is_refused():
    with pytest.raises(Invalid) as refused:
        set_day(day=date(2027, 2, 8), is_working=False, by=people.lead())
    assert refused.value.code == "calendar_year_missing"
    assert not CalendarDay.objects.filter(date__year=2027).exists()


@pytest.mark.parametrize(
    "who", [people.recruiter, people.manager, lambda: Party.CANDIDATE, lambda: Party.VENDOR]
)
def test_only_the_lead_keeps_the_calendar(who):
    by, before = who(), list(CalendarDay.objects.values_list())
    for step in (
        lambda: load_year(year=2026, by=by),
        lambda: set_day(day=date(2026, 11, 24), is_working=False, by=by),
        lambda: clear_day(day=date(2026, 10, 1), by=by),
    ):
        with pytest.raises(Forbidden) as refused:
            step()
        assert refused.value.code == "not_permitted"
    assert list(CalendarDay.objects.values_list()) == before
    assert announced() == []


def test_missing_years_come_back_by_themselves_and_are_announced():
    CalendarYear.objects.filter(year=2026).delete()
    assert load_missing_years() == [2026]
    assert load_missing_years() == []
    assert announced() == [("calendar_year_loaded", "people.calendaryear", 2026, [])]


def test_an_empty_calendar_is_filled_without_a_word():
    CalendarYear.objects.all().delete()
    CalendarDay.objects.all().delete()
    seed_calendar()
    assert years_loaded() == (2024, 2025, 2026)
    assert CalendarDay.objects.count() == 108
    assert announced() == []


def test_the_command():
    said = StringIO()
    call_command("load_calendar", stdout=said)
    call_command("load_calendar", "--year", "2025", stdout=said)
    assert said.getvalue() == "loaded: nothing was missing\nloaded: 2025\n"
    with pytest.raises(CommandError, match="calendar_year_unknown"):
        call_command("load_calendar", "--year", "2027", stdout=said)
