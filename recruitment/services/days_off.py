"""Windows on what became a day off: which they are, and where they would go.

A window that still has a working day, and ends on one, stays as it is: the candidate sits down on one of those.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone

from core.days import midnight
from core.events.models import Event
from core.events.reading import reading_once
from people.calendar import first_working_day, is_working_day, turned_off
from recruitment import signals
from recruitment.enums import InterviewState
from recruitment.models import Interview

DAY = timedelta(days=1)
# What gave an interview the window that it has.
_GIVEN_BY = (
    signals.interview_scheduled.kind,
    signals.interview_rescheduled.kind,
    signals.interview_reinstated.kind,
)


@dataclass(frozen=True, slots=True)
class Fallen:
    """A window on a day off: its last day, when the calendar said so, and the window on working days instead."""

    day: date
    since: datetime
    opens_at: datetime
    closes_at: datetime


def windows_in(year: int) -> "QuerySet[Interview]":
    """What is gone through when the calendar of a year was loaded or edited: open windows with a day in it."""
    first, after = midnight(date(year, 1, 1)), midnight(date(year + 1, 1, 1))
    return Interview.objects.filter(
        state=InterviewState.SCHEDULED,
        window_closes_at__gt=max(first, timezone.now()),
        window_opens_at__lt=after,
    )


def fallen(interviews: Collection[Interview]) -> dict[int, Fallen]:
    """Those of these whose window ends on, or lies wholly on, what became a day off after the window was given.

    Few queries, however many they are.
    """
    waiting = [
        row
        for row in interviews
        if row.state == InterviewState.SCHEDULED and row.window_closes_at > timezone.now()
    ]
    if not waiting:
        return {}
    turned = turned_off(
        timezone.localdate(min(row.window_opens_at for row in waiting)),
        timezone.localdate(max(row.window_closes_at for row in waiting)),
    )
    touched = [row for row in waiting if any(day in turned for day in _days_left(row))]
    given = given_at(touched)
    with reading_once():
        found = {row.pk: _judged(row, turned, given[row.pk]) for row in touched}
    return {pk: one for pk, one in found.items() if one is not None}


def _judged(interview: Interview, turned: dict[date, datetime], given: datetime) -> Fallen | None:
    days = list(_days_left(interview))
    concerned = [days[-1]] if any(map(is_working_day, days)) else days
    since = max((turned[day] for day in concerned if day in turned), default=None)
    if since is None or since <= given:
        return None
    return Fallen(days[-1], since, *_on_working_days(interview, days))


def given_at(interviews: Collection[Interview]) -> dict[int, datetime]:
    """When each of these was given the window that it has. One query."""
    about = Event.objects.filter(
        subject_type=Interview._meta.label_lower,
        subject_id__in=[row.pk for row in interviews],
        kind__in=_GIVEN_BY,
    )
    last = dict(about.order_by().values_list("subject_id").annotate(last=Max("at")))
    return {row.pk: last.get(row.pk, row.created_at) for row in interviews}


def _days_left(interview: Interview) -> Iterator[date]:
    """The days on which one can still sit down for it; one that closes at midnight does not reach into the next."""
    day = timezone.localdate(max(interview.window_opens_at, timezone.now()))
    while midnight(day) < interview.window_closes_at:
        yield day
        day += DAY


def _on_working_days(interview: Interview, days: list[date]) -> tuple[datetime, datetime]:
    """The same hours: from the first working day on, until the first one on which it may end."""
    opens, closes = interview.window_opens_at, interview.window_closes_at
    is_open, is_wholly_off = opens <= timezone.now(), not any(map(is_working_day, days))
    if is_wholly_off and not is_open:
        opens += first_working_day(days[0]).date - days[0]
    last = first_working_day(max(days[-1], timezone.localdate(opens))).date
    closes += last - days[-1]
    while closes <= opens:
        last = first_working_day(last + DAY).date
        closes = interview.window_closes_at + (last - days[-1])
    return opens, closes
