"""What an interview's present state means for a start: whether it holds it up, and by how many working days."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from django.utils import timezone

from people import calendar
from people.calendar import WorkingDate, WorkingDays
from recruitment.enums import InterviewState
from recruitment.models import Interview
from recruitment.services.scheduling import SCORING_WORKING_DAYS


@dataclass(frozen=True, slots=True)
class Counting:
    """The calendar during one run: each question is asked once, however many cases share it."""

    first: Callable[[date | datetime], WorkingDate] = field(
        default_factory=lambda: cache(calendar.first_working_day)
    )
    add: Callable[[date | datetime, int], WorkingDate] = field(
        default_factory=lambda: cache(calendar.add_working_days)
    )
    between: Callable[[date, date], WorkingDays] = field(
        default_factory=lambda: cache(calendar.working_days_between)
    )


@dataclass(frozen=True, slots=True)
class Hold:
    """An interview holds a start up: by how many days, until when, and whether that day is only the earliest."""

    days: int
    expected_result: date
    date_unknown: bool
    provisional_years: frozenset[int]


def hold_of(interview: Interview, counting: Counting) -> Hold | None:
    """What the present state requires; None when the interview holds nothing up.

    Interrupted: until a working day after the last chance to return. That chance gone by, abandoned or missed: nobody
    knows until when; counted as if the interview ended today, so the day moves on with the calendar. Scheduled: only
    when the window ends later than the result was once expected.
    In progress, completed, cancelled: nothing is held up.
    """
    if (
        interview.state == InterviewState.INTERRUPTED
        and interview.resume_until is not None
        and interview.resume_until > timezone.now()
    ):
        return _until(interview, interview.resume_until, counting, date_unknown=False)
    if interview.state in InterviewState.broken_off:
        return _until(interview, timezone.localdate(), counting, date_unknown=True)
    if interview.state == InterviewState.SCHEDULED:
        result = counting.add(timezone.localdate(interview.window_closes_at), SCORING_WORKING_DAYS)
        later = counting.between(interview.expected_result, result.date)
        if later.days > 0:
            years = frozenset(result.provisional_years + later.provisional_years)
            return Hold(later.days, result.date, date_unknown=False, provisional_years=years)
    return None


def earliest_result(counting: Counting) -> date:
    """The day that `hold_of` answers today for every hold whose end nobody knows."""
    return counting.add(counting.first(timezone.localdate()).date, SCORING_WORKING_DAYS).date


def _until(interview: Interview, last: date | datetime, counting: Counting, *, date_unknown: bool) -> Hold:
    """Until the scoring after `last`, a working day at least: what broke off never costs nothing."""
    first = counting.first(last)
    result = counting.add(first.date, SCORING_WORKING_DAYS)
    later = counting.between(interview.expected_result, result.date)
    years = frozenset(first.provisional_years + result.provisional_years + later.provisional_years)
    return Hold(max(later.days, 1), result.date, date_unknown, years)
