"""The week in figures: what was begun, finished and broken off, and how many of those we can judge have passed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from core.figures import Rate
from recruitment import signals
from recruitment.enums import ExitCause
from reports.exits import ExitReport, count_exits, exits_of
from reports.flows import Happening, happenings
from reports.passing import Attempt, pass_rate

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User

_FLOWS = (
    signals.interview_scheduled,
    signals.interview_rescheduled,
    signals.interview_started,
    signals.interview_completed,
    signals.interview_interrupted,
    signals.interview_abandoned,
    signals.interview_missed,
    signals.interview_cancelled,
)
_BACK = (signals.interview_resumed, signals.interview_completed)


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """One week, Monday to Sunday. Every count is of attempts; `as_of` is when it was counted.

    interrupted         attempts that broke off in this week at least once, not by our doing
    returned            of those, the ones that came back since, whenever that was
    interrupted_by_us   attempts that only our own outage broke off
    pass_rate           of the attempts invited in this week, as `passing.pass_rate` defines it
    """

    first: date
    as_of: datetime
    opening: int | None
    invited: int
    started: int
    completed: int
    interrupted: int
    returned: int
    interrupted_by_us: int
    abandoned: int
    missed: int
    cancelled: int
    exits: ExitReport
    pass_rate: Rate

    @property
    def last(self) -> date:
        """The Sunday."""
        return self.first + timedelta(days=6)

    @property
    def name(self) -> str:
        """The week as ISO 8601 writes it: 2026-W47."""
        year, week, _day = self.first.isocalendar()
        return f"{year}-W{week:02d}"


def week(day: date, *, user: "User | AnonymousUser | None", opening: int | None = None) -> WeeklyReport:
    """The week that `day` lies in, of what `user` may see (None: everything), of one opening or all. Six queries.

    Flows are counted by the time of their event, one per attempt: a later reschedule begins a new attempt and leaves
    the week as it was. What may still change is what the counting day knows better: who has returned since, the
    cause as HR corrected it, and the results behind the pass rate.
    """
    first = day - timedelta(days=day.weekday())
    start = timezone.make_aware(datetime.combine(first, time.min))
    end = timezone.make_aware(datetime.combine(first + timedelta(days=7), time.min))
    as_of = timezone.now()
    found = happenings(_FLOWS, start, end, user=user, opening=opening)
    attempts: dict[str, set[Attempt]] = defaultdict(set)
    for one in found:
        if one.kind != signals.interview_rescheduled.kind or one.is_new:
            attempts[one.kind].add(one.attempt)
    invited = attempts[signals.interview_scheduled.kind] | attempts[signals.interview_rescheduled.kind]
    interruptions = [one for one in found if one.kind == signals.interview_interrupted.kind]
    known = exits_of(interruptions)
    theirs = {
        one.attempt
        for one in interruptions
        if one not in known or known[one].effective_cause != ExitCause.OUR_OUTAGE
    }
    back = _back_since(interruptions, start)
    return WeeklyReport(
        first=first,
        as_of=as_of,
        opening=opening,
        invited=len(invited),
        started=len(attempts[signals.interview_started.kind]),
        completed=len(attempts[signals.interview_completed.kind]),
        interrupted=len(theirs),
        returned=len(theirs & back),
        interrupted_by_us=len(attempts[signals.interview_interrupted.kind] - theirs),
        abandoned=len(attempts[signals.interview_abandoned.kind]),
        missed=len(attempts[signals.interview_missed.kind]),
        cancelled=len(attempts[signals.interview_cancelled.kind]),
        exits=count_exits(interruptions, known),
        pass_rate=pass_rate(invited),
    )


def _back_since(interruptions: list[Happening], start: datetime) -> set[Attempt]:
    """The attempts that were resumed, or finished without a word, after their first interruption. One query."""
    first: dict[Attempt, Happening] = {}
    for one in interruptions:
        first.setdefault(one.attempt, one)
    later = happenings(_BACK, start, None, interviews={one.interview_id for one in interruptions})
    return {one.attempt for one in later if one.attempt in first and one.moment > first[one.attempt].moment}
