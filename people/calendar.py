"""Counting in working days, by the calendar's table.

A year without data never stops a chain: its days are counted from Monday to Friday less the statutory
holidays that have a fixed date, and the result names the year as provisional. A date that a person types goes
through `require_known_year` first. Each call reads the table once (all calls of one chain: once), so an edit holds at
once in every process.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import ExtractYear, Greatest, Least
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.errors import Invalid
from core.events.reading import is_reading_once, once_per_chain
from core.jobs.models import LongWork
from people.models.calendar import CalendarYear

# Holidays with a fixed date: the State Council's Regulation on Public Holidays for National Annual Festivals
# and Memorial Days (全国年节及纪念日放假办法) as revised by Decree No. 795, in force since 1 January 2025:
# New Year's Day 1 day, Labour Day 2 days, National Day 3 days. The lunar ones are not guessed.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
SATURDAY = 5
FARTHEST = 36_600
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A number of working days, and the years without data that it was counted through."""

    days: int
    provisional_years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkingDate:
    """A date found by counting working days, and the years without data that it was counted through."""

    date: date
    provisional_years: tuple[int, ...] = ()


def _rows(first: int, last: int) -> tuple[set[int], dict[date, bool]]:
    """Which of the years from `first` to `last` have data, and whether their exceptional days are worked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT year, NULL::date, NULL::boolean FROM people_calendaryear WHERE year BETWEEN %s AND %s"
            " UNION ALL "
            "SELECT NULL, date, is_working FROM people_calendarday WHERE date BETWEEN %s AND %s",
            [first, last, date(first, 1, 1), date(last, 12, 31)],
        )
        rows = cursor.fetchall()
    years = {year for year, day, _is_working in rows if day is None}
    return years, {day: is_working for _year, day, is_working in rows if day is not None}


class _Table:
    """The stretch of the calendar that was asked for so far, a query for each longer one."""

    def __init__(self) -> None:
        self.known: set[int] = set()
        self.exceptions: dict[date, bool] = {}
        self.first, self.last = 0, -1

    def cover(self, first: int, last: int) -> "_Table":
        """Read so far that the years from `first` to `last` are known."""
        if self.last < self.first:
            # A chain asks again, a little before or after: a whole year more costs forty rows and saves a query.
            margin = int(is_reading_once())
            self.first, self.last = first - margin, last + margin
            self._read(self.first, self.last)
        if last > self.last:
            self._read(self.last + 1, last)
            self.last = last
        if first < self.first:
            self._read(first, self.first - 1)
            self.first = first
        return self

    def _read(self, first: int, last: int) -> None:
        years, exceptions = _rows(max(first, MINYEAR), min(last, MAXYEAR))
        self.known.update(years)
        self.exceptions.update(exceptions)

    def is_working(self, day: date) -> bool:
        """The row for the day, else Monday to Friday, less the fixed holidays when the year has no data."""
        self.cover(day.year, day.year)
        exception = self.exceptions.get(day)
        if exception is not None:
            return exception
        return is_ordinarily_worked(day, is_known=day.year in self.known)

    def provisional(self, years: set[int]) -> tuple[int, ...]:
        """Those of `years` that have no data, in order."""
        return tuple(sorted(years - self.known))


@once_per_chain
def _shared() -> _Table:
    """One table for all calls of a chain; outside, each call has its own."""
    return _Table()


def _table(first: date, last: date) -> _Table:
    return _shared().cover(first.year, last.year)


def is_ordinarily_worked(day: date, *, is_known: bool = True) -> bool:
    """Whether a day without a row is worked: Monday to Friday, less the fixed holidays in a year without data."""
    return day.weekday() < SATURDAY and (is_known or (day.month, day.day) not in FIXED_HOLIDAYS)


def turned_off(first: date, last: date) -> dict[date, datetime]:
    """The days of the years of `first` to `last` that were worked once and are not any more, each with the moment at
    which it was taken off; past ones may be missing. One query, and one for the calendar."""
    years = CalendarYear.objects.filter(year__range=(first.year, last.year)).values_list(
        "turned_off", flat=True
    )
    found = {date.fromisoformat(day): moment for year in years for day, moment in year.items()}
    if not found:
        return {}
    table = _table(min(found), max(found))
    return {day: datetime.fromisoformat(moment) for day, moment in found.items() if not table.is_working(day)}


def is_working_day(day: date) -> bool:
    """Whether `day` is worked. One query."""
    day = _as_date(day)
    return _table(day, day).is_working(day)


def add_working_days(start: date, days: int) -> WorkingDate:
    """The date of the `days`-th working day after `start`, or before it when negative; 0 is `start` itself.

    One query (a second when the count runs past the years it first read).
    Raises Invalid("calendar_out_of_range").
    """
    start = _as_date(start)
    if abs(days) > FARTHEST:
        raise _out_of_range()
    step = DAY if days >= 0 else -DAY
    try:
        likely = start + step * (abs(days) * 3 // 2 + 10)
        table = _table(min(start, likely), max(start, likely))
        day, left, years = start, abs(days), set[int]()
        while left:
            day += step
            years.add(day.year)
            left -= table.is_working(day)
    except OverflowError as error:
        raise _out_of_range() from error
    return WorkingDate(day, table.provisional(years))


def first_working_day(day: date) -> WorkingDate:
    """`day` itself when it is worked, else the next working day. One query."""
    day = _as_date(day)
    table = _table(day, day)
    years = {day.year}
    while not table.is_working(day):
        day += DAY
        years.add(day.year)
    return WorkingDate(day, table.provisional(years))


def working_days_between(start: date, end: date) -> WorkingDays:
    """How many working days lie after `start`, up to and including `end`; negative when `end` is the earlier.

    One query. Raises Invalid("calendar_out_of_range") when more than a hundred years lie between.
    """
    start, end = _as_date(start), _as_date(end)
    first, last = min(start, end), max(start, end)
    if (last - first).days > FARTHEST:
        raise _out_of_range()
    table = _table(first, last)
    count = sum(table.is_working(day) for day in _days_after(first, last))
    years = {day.year for day in _days_after(first, last)}
    return WorkingDays(count if start <= end else -count, table.provisional(years))


def years_loaded() -> tuple[int, ...]:
    """The years that have data, in order. One query."""
    return tuple(CalendarYear.objects.order_by("year").values_list("year", flat=True))


def is_recounted(first: str, last: str) -> Exists:
    """For a query: whether a year from that of the field `first` to that of `last` changed, and what was counted by it
    is still being counted again. `first` may be the later one."""
    ends = ExtractYear(OuterRef(first)), ExtractYear(OuterRef(last))
    return Exists(_recounted().filter(subject_id__gte=Least(*ends), subject_id__lte=Greatest(*ends)))


def recounted_year(year: str) -> Exists:
    """`is_recounted` of one year, by the name of its field."""
    return Exists(_recounted().filter(subject_id=OuterRef(year)))


def _recounted() -> "QuerySet[LongWork]":
    return LongWork.objects.owed().about(CalendarYear._meta.label_lower)


def require_known_year(day: date) -> None:
    """Refuse a typed date when its year has no data: Invalid("calendar_year_missing", year=…)."""
    year = _as_date(day).year
    if not CalendarYear.objects.filter(year=year).exists():
        raise Invalid(
            "calendar_year_missing",
            _("The working calendar of %(year)s is not loaded yet. Load it first, or choose an earlier date.")
            % {"year": year},
            year=year,
        )


def require_start_day(day: date, *, is_typed: bool = True) -> None:
    """Refuse a day on which nobody can start. One that a person typed has to lie in a year with data as well.

    Invalid: calendar_year_missing, start_in_the_past, start_not_a_working_day (next_working_day=…).
    """
    found = first_working_day(day) if is_typed else WorkingDate(day)
    if day.year in found.provisional_years:
        require_known_year(day)
    if day < timezone.localdate():
        raise Invalid("start_in_the_past", _("The start date lies in the past."))
    _require_same(day, found.date)


def require_working_day(day: date) -> None:
    """Refuse a typed start on a day off: Invalid("start_not_a_working_day", next_working_day=…), which is named."""
    _require_same(day, first_working_day(day).date)


def _require_same(day: date, following: date) -> None:
    if following != day:
        words = date_format(following, "SHORT_DATE_FORMAT")
        raise Invalid(
            "start_not_a_working_day",
            _("Nobody works on that day. The next working day is %(day)s.") % {"day": words},
            next_working_day=following.isoformat(),
        )


def _as_date(day: date) -> date:
    """The local date of a moment; a plain date as it is."""
    if isinstance(day, datetime):
        return timezone.localdate(day) if timezone.is_aware(day) else day.date()
    return day


def _days_after(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(1, (last - first).days + 1))


def _out_of_range() -> Invalid:
    return Invalid("calendar_out_of_range", _("That is too far away to count in working days."))
