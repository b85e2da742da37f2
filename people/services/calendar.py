"""Loading and editing the working calendar. Every change is announced, so that counted figures follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import chinese_calendar.constants as published
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Forbidden, Invalid
from people.actors import Actor, Party, actor_label
from people.calendar import is_ordinarily_worked
from people.models.calendar import FIRST_YEAR, LAST_YEAR, CalendarDay, CalendarYear
from people.rules import keeps_house
from people.signals import calendar_year_loaded

FIRST_SEEDED_YEAR = 2024
PUBLISHED_SOURCE = "chinesecalendar"
# The package names holidays in English; the calendar is read in Chinese.
HOLIDAY_NAMES = {
    published.Holiday.new_years_day.value: "元旦",
    published.Holiday.spring_festival.value: "春节",
    published.Holiday.tomb_sweeping_day.value: "清明节",
    published.Holiday.labour_day.value: "劳动节",
    published.Holiday.dragon_boat_festival.value: "端午节",
    published.Holiday.national_day.value: "国庆节",
    published.Holiday.mid_autumn_festival.value: "中秋节",
    published.Holiday.anti_fascist_70th_day.value: "抗战胜利70周年纪念日",
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day that differs from the ordinary week."""

    is_working: bool
    note: str = ""


def published_years() -> tuple[int, ...]:
    """The years the calendar package covers, in order."""
    return tuple(sorted({day.year for day in published.holidays}))


def published_days(year: int) -> dict[date, Day]:
    """The holidays and make-up working days of a year as the package knows them; empty when it does not."""
    days = {
        day: Day(is_working=False, note=HOLIDAY_NAMES.get(name, name))
        for day, name in published.holidays.items()
        if day.year == year
    }
    days |= {
        day: Day(is_working=True, note=f"{HOLIDAY_NAMES.get(name, name)}调休上班")
        for day, name in published.workdays.items()
        if day.year == year
    }
    return days


def load_year(
    *, year: int, by: Actor, days: Mapping[date, Day] | None = None, source: str = ""
) -> CalendarYear:
    """Load a year: from `days` (typed from the official notice), else from the calendar package.

    Effects: the year's days are replaced, its row is written, `calendar_year_loaded` is emitted unless it was known so.
    Raises Forbidden("not_permitted"), Invalid("calendar_year_out_of_range"), Invalid("calendar_year_unknown")
    when the package does not cover the year, Invalid("calendar_day_outside_year").
    """
    _require_keeper(by)
    _check_year(year)
    if days is None:
        days, source = published_days(year), source or PUBLISHED_SOURCE
        if not days:
            raise Invalid(
                "calendar_year_unknown",
                _("The holidays of %(year)s are not published in the calendar package; type them in.")
                % {"year": year},
                year=year,
            )
    outside = sorted(day.isoformat() for day in days if day.year != year)
    if outside:
        raise Invalid(
            "calendar_day_outside_year",
            _("These dates are not in %(year)s: %(dates)s") % {"year": year, "dates": ", ".join(outside)},
            dates=outside,
        )
    with transaction.atomic():
        known = _known(year)
        row = _store(year, days, source or actor_label(by), timezone.now(), before=known)
        if known != days:
            _announce(row, by, [])
    return row


def set_day(*, day: date, is_working: bool, note: str = "", by: Actor) -> CalendarDay:
    """Say whether one day of a loaded year is worked; `calendar_year_loaded` is emitted with that day, once.

    Raises Forbidden("not_permitted"), Invalid("calendar_year_missing").
    """
    _require_keeper(by)
    with transaction.atomic():
        year = _locked_year(day.year)
        row = CalendarDay.objects.filter(date=day).first() or CalendarDay(date=day)
        if row._state.adding or (row.is_working, row.note) != (is_working, note):
            was_worked = is_ordinarily_worked(day) if row._state.adding else row.is_working
            row.is_working, row.note = is_working, note
            row.save()
            _note_turned(year, [day] if was_worked and not is_working else [])
            _announce(year, by, [day])
    return row


def clear_day(*, day: date, by: Actor) -> None:
    """Make a day of a loaded year an ordinary one again; `calendar_year_loaded` is emitted with that day.

    Nothing happens when it is ordinary already.
    Raises Forbidden("not_permitted"), Invalid("calendar_year_missing").
    """
    _require_keeper(by)
    with transaction.atomic():
        year = _locked_year(day.year)
        row = CalendarDay.objects.filter(date=day).first()
        if row is not None:
            row.delete()
            _note_turned(year, [day] if row.is_working and not is_ordinarily_worked(day) else [])
            _announce(year, by, [day])


def load_missing_years() -> list[int]:
    """Load what the package covers and the table lacks; the years loaded.

    An empty table is filled without announcing it: nothing can have been counted by it yet.
    """
    present = set(CalendarYear.objects.values_list("year", flat=True))
    missing = [year for year in published_years() if year >= FIRST_SEEDED_YEAR and year not in present]
    with transaction.atomic():
        for year in missing:
            row = _store(year, published_days(year), PUBLISHED_SOURCE, timezone.now(), before=None)
            if present:
                _announce(row, Party.SYSTEM, [])
    return missing


def _known(year: int) -> dict[date, Day] | None:
    """The year as it is loaded now; None while it is not."""
    if not CalendarYear.objects.select_for_update().filter(year=year).exists():
        return None
    rows = CalendarDay.objects.filter(date__year=year)
    return {row.date: Day(is_working=row.is_working, note=row.note) for row in rows}


def _store(
    year: int, days: Mapping[date, Day], source: str, now: datetime, *, before: Mapping[date, Day] | None
) -> CalendarYear:
    row, _created = CalendarYear.objects.update_or_create(
        year=year, defaults={"loaded_at": now, "source": source}
    )
    _note_turned(row, _taken_off(year, days, before))
    CalendarDay.objects.filter(date__year=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day, is_working=entry.is_working, note=entry.note)
        for day, entry in sorted(days.items())
    )
    return row


def _taken_off(year: int, days: Mapping[date, Day], before: Mapping[date, Day] | None) -> list[date]:
    """The days that were worked before, or thought to be where nothing was known, and are not any more."""
    taken = []
    for day in (date(year, 1, 1) + timedelta(days=number) for number in range(366)):
        known = (before or {}).get(day)
        was = known.is_working if known else is_ordinarily_worked(day, is_known=before is not None)
        now = days[day].is_working if day in days else is_ordinarily_worked(day)
        if day.year == year and was and not now:
            taken.append(day)
    return taken


def _note_turned(row: CalendarYear, taken_off: list[date]) -> None:
    """Keep when these days were taken off, as long as they lie ahead: nobody looks at what stood on past ones."""
    today, now = timezone.localdate().isoformat(), timezone.now().isoformat()
    kept = {day: moment for day, moment in row.turned_off.items() if day >= today}
    turned = kept | {day.isoformat(): now for day in taken_off if day.isoformat() >= today}
    if turned != row.turned_off:
        row.turned_off = turned
        row.save(update_fields=["turned_off"])


def _announce(row: CalendarYear, by: Actor, days: list[date]) -> None:
    facts = {"year": row.year, "source": row.source, "days": [day.isoformat() for day in days]}
    calendar_year_loaded.emit(subject=row, facts=facts, by=actor_label(by))


def _locked_year(year: int) -> CalendarYear:
    row = CalendarYear.objects.select_for_update().filter(year=year).first()
    if row is None:
        raise Invalid(
            "calendar_year_missing",
            _("The working calendar of %(year)s is not loaded yet. Load the year first.") % {"year": year},
            year=year,
        )
    return row


def _require_keeper(by: Actor) -> None:
    """Whoever keeps the house keeps the calendar: it moves every promised date."""
    if by is Party.SYSTEM or (not isinstance(by, Party) and keeps_house(by)):
        return
    raise Forbidden("not_permitted", _("Only the HR lead keeps the working calendar."))


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(
            "calendar_year_out_of_range", _("The year %(year)s is out of range.") % {"year": year}, year=year
        )
