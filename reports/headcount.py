"""Headcount by opening and month: what is needed, who has come, who is expected, and whose start an exit holds up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, QuerySet
from django.utils import timezone

from onboarding.counting import Counting
from onboarding.enums import CaseState
from onboarding.models import OnboardingCase, OnboardingDelay
from recruitment.enums import ApplicationStage
from recruitment.models import Application, Opening
from recruitment.services.scheduling import SCORING_WORKING_DAYS

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from people.models import User


@dataclass(slots=True)
class HeldUp:
    """A start that an exit holds up. `forecast_start` is None when nobody knows any more when it will be."""

    case: OnboardingCase
    delay: OnboardingDelay
    forecast_start: date | None
    what_if_start: date | None = None


@dataclass(slots=True)
class WhatIf:
    """The same row, if some of those held up were recovered: how many of them, and what would then be expected."""

    recovered: int = 0
    expected: int = 0
    at_risk: int = 0


@dataclass(slots=True)
class Row:
    """One opening in one month.

    needed     the opening's headcount, in its target month
    hired      who has accepted the offer or started, by the month of the start
    expected   starts that nothing holds up, by the month of the forecast
    at_risk    starts planned for this month that an exit holds up; `held_up` names each with its exit
    """

    opening: Opening
    month: date
    needed: int = 0
    hired: int = 0
    expected: int = 0
    held_up: list[HeldUp] = field(default_factory=list)
    what_if: WhatIf | None = None

    @property
    def at_risk(self) -> int:
        """How many starts are held up."""
        return len(self.held_up)


Rows = dict[tuple[int, date], Row]


def headcount_plan(
    openings: "QuerySet[Opening]",
    *,
    user: "User | AnonymousUser",
    recovered: int | None = None,
    days: int = 0,
) -> list[Row]:
    """The plan of these openings in order of month and opening. Four queries without a what-if.

    What-if: `recovered` of the exits at risk, those with the earliest planned start first, are finished in `days`
    working days from today. Each such start lies as many working days after its plan as its result then comes later
    than it was first expected; an earlier result brings the plan back, nothing more.
    """
    rows: Rows = {}
    by_id = {opening.pk: opening for opening in openings}
    for opening in by_id.values():
        _row(rows, opening, opening.target_month).needed = opening.headcount
    held_up: list[HeldUp] = []
    for case in _cases(by_id, user):
        opening = by_id[case.application.opening_id]
        one = _placed(rows, opening, case)
        if one is not None:
            held_up.append(one)
    hired = Application.objects.visible_to(user).filter(
        opening__in=list(by_id), stage=ApplicationStage.HIRED, onboarding_case=None
    )
    for opening_id, count in hired.order_by().values_list("opening").annotate(count=Count("pk")):
        # No start was ever planned: they fill what was needed.
        _row(rows, by_id[opening_id], by_id[opening_id].target_month).hired += count
    if recovered is not None:
        _what_if(rows, by_id, held_up, recovered=recovered, days=days)
    return sorted(rows.values(), key=lambda row: (row.month, row.opening.pk))


def _cases(openings: Iterable[int], user: "User | AnonymousUser") -> "QuerySet[OnboardingCase]":
    active = OnboardingDelay.objects.active().select_related("interview").prefetch_related("interview__exits")
    return (
        OnboardingCase.objects.visible_to(user)
        .filter(application__opening__in=list(openings))
        .exclude(state=CaseState.CANCELLED)
        .select_related("application__candidate")
        .prefetch_related(Prefetch("delays", queryset=active, to_attr="active_delays"))
        .order_by("planned_start", "pk")
    )


def _row(rows: Rows, opening: Opening, day: date) -> Row:
    month = day.replace(day=1)
    return rows.setdefault((opening.pk, month), Row(opening, month))


def _placed(rows: Rows, opening: Opening, case: OnboardingCase) -> HeldUp | None:
    """Count one case in its month; returned when it is held up."""
    delays: list[OnboardingDelay] = case.active_delays  # type: ignore[attr-defined]
    if case.state == CaseState.STARTED or case.application.stage == ApplicationStage.HIRED:
        _row(rows, opening, case.started_on or case.forecast_start).hired += 1
    elif case.application.stage in ApplicationStage.called_off:
        return None
    elif not delays:
        _row(rows, opening, case.forecast_start).expected += 1
    else:
        longest = max(delays, key=lambda delay: (delay.days, -delay.pk))
        is_unknown = any(delay.date_unknown for delay in delays)
        one = HeldUp(case, longest, None if is_unknown else case.forecast_start)
        _row(rows, opening, case.planned_start).held_up.append(one)
        return one
    return None


def _what_if(
    rows: Rows, openings: dict[int, Opening], held_up: list[HeldUp], *, recovered: int, days: int
) -> None:
    """Write beside every row what it would be."""
    counting = Counting()
    result = counting.add(counting.add(timezone.localdate(), days).date, SCORING_WORKING_DAYS).date
    back: dict[tuple[int, date], int] = defaultdict(int)
    for one in sorted(held_up, key=lambda one: (one.case.planned_start, one.case.pk))[:recovered]:
        later = counting.between(one.delay.interview.expected_result, result).days
        one.what_if_start = counting.add(one.case.planned_start, max(later, 0)).date
        opening = openings[one.case.application.opening_id]
        back[opening.pk, _row(rows, opening, one.what_if_start).month] += 1
    for key, row in rows.items():
        taken = sum(one.what_if_start is not None for one in row.held_up)
        row.what_if = WhatIf(recovered=taken, expected=row.expected + back[key], at_risk=row.at_risk - taken)
