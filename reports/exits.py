"""Exits of a period by their cause: announced or silent, back or not; what we caused ourselves stands apart."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from recruitment.enums import ExitCause
from recruitment.models import InterviewExit
from recruitment.signals import interview_interrupted
from reports.flows import Happening, among, happenings

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


@dataclass(slots=True)
class ExitsOfCause:
    """How often a cause made somebody leave: one count an exit, so one attempt may stand here several times."""

    cause: ExitCause
    announced: int = 0
    silent: int = 0
    returned: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.announced + self.silent


@dataclass(frozen=True, slots=True)
class ExitReport:
    """The exits of a period; `ours` are those that our own outage caused, never part of `by_cause`."""

    by_cause: list[ExitsOfCause]
    ours: ExitsOfCause


def exits(
    start: datetime, end: datetime, *, user: "User | AnonymousUser | None", opening: int | None = None
) -> ExitReport:
    """The exits that were noticed from `start` until before `end`, by the cause as HR knows it now, commonest first.

    `user` None counts everything. Two queries.
    """
    openings = None if opening is None else [opening]
    interruptions = happenings([interview_interrupted], start, end, user=user, openings=openings)
    return count_exits(interruptions, exits_of(interruptions))


def count_exits(interruptions: list[Happening], known: dict[Happening, InterviewExit]) -> ExitReport:
    """The report on these interruptions and the exits behind them."""
    found: dict[ExitCause, ExitsOfCause] = {}
    for interruption in interruptions:
        exit_ = known.get(interruption)
        cause = ExitCause(exit_.effective_cause) if exit_ else ExitCause.UNKNOWN
        row = found.setdefault(cause, ExitsOfCause(cause))
        if exit_ is not None and exit_.is_announced:
            row.announced += 1
        else:
            row.silent += 1
        row.returned += exit_ is not None and exit_.returned_at is not None
    ours = found.pop(ExitCause.OUR_OUTAGE, ExitsOfCause(ExitCause.OUR_OUTAGE))
    return ExitReport(sorted(found.values(), key=lambda row: (-row.count, row.cause)), ours)


def exits_of_interviews(ids: Iterable[int]) -> list[InterviewExit]:
    """Every exit of these interviews, in order. One query."""
    return list(InterviewExit.objects.filter(interview__in=among(ids)).order_by("pk"))


def exits_of(
    interruptions: list[Happening], rows: list[InterviewExit] | None = None
) -> dict[Happening, InterviewExit]:
    """The exit behind each interruption: the one that the event names, else the first of its attempt. One query, none
    where the exits are given."""
    if rows is None:
        rows = exits_of_interviews({one.interview_id for one in interruptions})
    by_id: dict[int, InterviewExit] = {}
    by_attempt: dict[tuple[int, int], list[InterviewExit]] = defaultdict(list)
    for row in rows:
        by_id[row.pk] = row
        by_attempt[row.interview_id, row.attempt].append(row)
    found = {}
    for one in interruptions:
        exit_ = by_id.get(one.exit_id or 0) or next(iter(by_attempt[one.attempt]), None)
        if exit_ is not None:
            found[one] = exit_
    return found
