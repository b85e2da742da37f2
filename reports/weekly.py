"""The week in figures: what was begun, finished and broken off, and how many of those we can judge have passed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from core.figures import Rate
from people.rules import is_hr
from recruitment.models import Opening
from reports.counting import WEEK, Figures, counted, monday
from reports.exits import ExitReport
from reports.models import WeekOfOpening
from reports.stale import folded_up_to, stale

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


# What was asked for last, when, and the answer: whoever sees everything reads the same.
_lately: dict[str, tuple[tuple[date, int] | None, float, list["WeeklyReport"]]] = {}


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
    """The week that `day` lies in, of what `user` may see (None: everything), of one opening or all.

    Flows are counted by the time of their event, one per attempt: a later reschedule begins a new attempt and leaves
    the week as it was. What may still change is what the counting day knows better: who has returned since, the
    cause as HR corrected it, and the results behind the pass rate.
    """
    return weeks(monday(day), 1, user=user, opening=opening)[0]


def weeks(
    first: date, number: int, *, user: "User | AnonymousUser | None", opening: int | None = None
) -> list[WeeklyReport]:
    """So many weeks from a Monday on. What was counted before is read; what has changed since is counted now."""
    as_of = timezone.now()
    sums = {first + place * WEEK: Figures() for place in range(number)}
    up_to = folded_up_to()
    if up_to is None:
        openings = None if opening is None else [opening]
        for (begun, _opening), figures in counted(first, number, user=user, openings=openings).items():
            sums[begun].add(figures)
    else:
        _read(sums, first, number, up_to=up_to, seen=_seen(user, opening))
    return [_report(begun, figures, as_of, opening) for begun, figures in sums.items()]


def weeks_lately(first: date, number: int, *, user: "User | AnonymousUser") -> list[WeeklyReport]:
    """As `weeks`, for whoever sees everything as this process counted it up to WEEKS_KEPT_SECONDS ago: `as_of` says of
    when it is."""
    if not is_hr(user):
        return weeks(first, number, user=user)
    now = monotonic()
    asked, at, found = _lately.get("weeks", (None, 0.0, []))
    if asked != (first, number) or now - at >= settings.WEEKS_KEPT_SECONDS:
        found = weeks(first, number, user=user)
        _lately["weeks"] = (first, number), now, found
    return found


def _seen(user: "User | AnonymousUser | None", opening: int | None) -> set[int] | None:
    """The openings to count; None for all. One query for a manager."""
    if user is None or is_hr(user):
        return None if opening is None else {opening}
    mine = Opening.objects.visible_to(user)
    if opening is not None:
        mine = mine.filter(pk=opening)
    return set(mine.values_list("pk", flat=True))


def _read(
    sums: dict[date, Figures], first: date, number: int, *, up_to: int, seen: Collection[int] | None
) -> None:
    changed = stale(up_to)
    rows = WeekOfOpening.objects.filter(first__in=list(sums)).exclude(opening__in=changed)
    if seen is not None:
        rows = rows.filter(opening__in=seen)
        changed &= set(seen)
    for begun, figures in rows.values_list("first", "figures"):
        sums[begun].add(Figures.read(figures))
    if changed:
        for (begun, _opening), found in counted(first, number, openings=changed).items():
            sums[begun].add(found)


def _report(first: date, figures: Figures, as_of: datetime, opening: int | None) -> WeeklyReport:
    flows = figures.flows
    return WeeklyReport(
        first=first,
        as_of=as_of,
        opening=opening,
        invited=flows["invited"],
        started=flows["started"],
        completed=flows["completed"],
        interrupted=flows["interrupted"],
        returned=flows["returned"],
        interrupted_by_us=flows["interrupted_by_us"],
        abandoned=flows["abandoned"],
        missed=flows["missed"],
        cancelled=flows["cancelled"],
        exits=figures.exits,
        pass_rate=figures.pass_rate,
    )
