"""Headcount by opening and month: what is needed, who has come, who is expected, and whose start an exit holds up."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from onboarding.counting import Counting
from onboarding.enums import CaseState
from onboarding.models import OnboardingCase, OnboardingDelay
from recruitment.enums import ApplicationStage
from recruitment.models import Application, InterviewExit, Opening
from recruitment.queries import called_off
from recruitment.services.scheduling import SCORING_WORKING_DAYS
from reports.models import MonthOfOpening
from reports.stale import folded_up_to, stale

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

    @property
    def exit(self) -> InterviewExit | None:
        """The exit that is the cause; None where nobody came at all, or a new window was given."""
        interview = self.delay.interview
        open_still = (row for row in interview.exits.all() if row.returned_at is None)
        return next((row for row in open_still if row.attempt == interview.attempt), None)


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
    expected   starts that nothing holds up, by the month of the forecast; not those whose interview was called off
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


Key = tuple[int, date]
Rows = dict[Key, Row]
# Of an opening and a month, None for the opening's own: how many are hired, and how many expected.
Starts = dict[tuple[int, date | None], tuple[int, int]]
_IS_HIRED = Q(state=CaseState.STARTED) | Q(application__stage=ApplicationStage.HIRED)
EVERYTHING = 1_000_000_000
# More than anybody recovers at once, and more working days than a year has.
MOST_RECOVERED, MOST_DAYS = 1000, 250


def headcount_plan(
    openings: "QuerySet[Opening]",
    *,
    user: "User | AnonymousUser",
    recovered: int | None = None,
    days: int = 0,
) -> list[Row]:
    """The whole plan of these openings in order of month and opening."""
    return headcount_page(openings, user=user, recovered=recovered, days=days, begin=0, size=EVERYTHING)[1]


def headcount_page(
    openings: "QuerySet[Opening]",
    *,
    user: "User | AnonymousUser",
    begin: int,
    size: int,
    month: date | None = None,
    recovered: int | None = None,
    days: int = 0,
) -> tuple[int, list[Row]]:
    """How many rows the plan of these openings has, and a page of it, in order of month and opening.

    What was counted before is read; what has changed since is counted now; who is held up is read each time.

    What-if: `recovered` of the exits at risk, those with the earliest planned start first, are finished in `days`
    working days from today. Each such start lies as many working days after its plan as its result then comes later
    than it was first expected; an earlier result brings the plan back, nothing more.
    """
    up_to = folded_up_to()
    changed = None if up_to is None else stale(up_to)
    live = starts(changed) if changed is None or changed else {}
    held_up = _held_up(openings, user)
    back = _what_if(held_up, recovered=recovered, days=days) if recovered is not None else {}
    named = {(one.case.application.opening_id, _first(one.case.planned_start)) for one in held_up} | set(back)
    named |= {(opening, at) for opening, at in live if at is not None}
    count, keys = _keys(openings, named, changed, month=month, begin=begin, size=size)
    rows = _rows(openings, keys)
    _count_starts(rows, live, changed)
    for one in held_up:
        key = one.case.application.opening_id, _first(one.case.planned_start)
        if key in rows:
            rows[key].held_up.append(one)
    if recovered is not None:
        for key, row in rows.items():
            taken = sum(one.what_if_start is not None for one in row.held_up)
            row.what_if = WhatIf(
                recovered=taken, expected=row.expected + back.get(key, 0), at_risk=row.at_risk - taken
            )
    return count, list(rows.values())


def starts(openings: Collection[int] | None = None) -> Starts:
    """How many starts are hired or expected, by opening and month; of all openings, or of these. Three queries.

    Without a start date ever planned, who is hired fills what was needed: they stand without a month.
    """
    hired, waiting, loose = _starting(openings)
    found: dict[tuple[int, date | None], list[int]] = defaultdict(lambda: [0, 0])
    for place, rows in enumerate((hired, waiting)):
        grouped = rows.order_by().values_list("application__opening", "month")
        for opening, month, number in grouped.annotate(number=Count("pk")):
            found[opening, month][place] += number
    for opening, number in loose.order_by().values_list("opening").annotate(number=Count("pk")):
        found[opening, None][0] += number
    return {key: (hired, expected) for key, (hired, expected) in found.items()}


def _starting(
    openings: "Collection[int] | QuerySet[Any] | None",
) -> "tuple[QuerySet[Any], QuerySet[Any], QuerySet[Any]]":
    """Who is hired and who is expected, as cases with the `month` of the start, and who was hired without a case."""
    cases = OnboardingCase.objects.exclude(state=CaseState.CANCELLED)
    loose = Application.objects.filter(stage=ApplicationStage.HIRED, onboarding_case=None)
    if openings is not None:
        cases = cases.filter(application__opening__in=openings)
        loose = loose.filter(opening__in=openings)
    held = OnboardingDelay.objects.active().filter(case=OuterRef("pk"))
    waiting = cases.exclude(_IS_HIRED).exclude(application__stage__in=ApplicationStage.called_off)
    # Nobody is expected whose interview was called off and for whom no other is planned.
    waiting = waiting.filter(~called_off("application__"), ~Exists(held))
    hired = cases.filter(_IS_HIRED).annotate(month=TruncMonth(Coalesce("started_on", "forecast_start")))
    return hired, waiting.annotate(month=TruncMonth("forecast_start")), loose


def applications_hired(
    openings: "QuerySet[Opening]", months: tuple[date, date], user: "User"
) -> "QuerySet[Application]":
    """Whom the plan counts as hired in these months, as far as this person may see them."""
    hired, _waiting, loose = _starting(openings.order_by().values("pk"))
    return Application.objects.visible_to(user).filter(
        Q(pk__in=_in_months(hired, months))
        | Q(pk__in=loose.filter(opening__target_month__range=months).values("pk"))
    )


def applications_expected(
    openings: "QuerySet[Opening]", months: tuple[date, date], user: "User"
) -> "QuerySet[Application]":
    """Whom the plan counts as expected in these months, as far as this person may see them."""
    _hired, waiting, _loose = _starting(openings.order_by().values("pk"))
    return Application.objects.visible_to(user).filter(pk__in=_in_months(waiting, months))


def applications_at_risk(
    openings: "QuerySet[Opening]", months: tuple[date, date], user: "User"
) -> "QuerySet[Application]":
    """Whose start, planned for these months, an exit holds up, as far as this person may see them."""
    held = _held_up_cases(openings, user).alias(month=TruncMonth("planned_start"))
    return Application.objects.visible_to(user).filter(
        pk__in=held.filter(month__range=months).order_by().values("application")
    )


def _in_months(cases: "QuerySet[Any]", months: tuple[date, date]) -> "QuerySet[Any]":
    """The applications of those that start then; who has no month fills what was needed in the opening's own."""
    own = cases.alias(at=Coalesce("month", "application__opening__target_month"))
    return own.filter(at__range=months).order_by().values("application")


def _first(day: date) -> date:
    return day.replace(day=1)


def _held_up(openings: "QuerySet[Opening]", user: "User | AnonymousUser") -> list[HeldUp]:
    """The starts that an exit holds up, the earliest planned first. Four queries."""
    shown = OnboardingDelay.objects.active().select_related("interview").prefetch_related("interview__exits")
    cases = (
        _held_up_cases(openings, user)
        .select_related("application__candidate")
        .prefetch_related(Prefetch("delays", queryset=shown, to_attr="active_delays"))
        .order_by("planned_start", "pk")
    )
    return [_one_held_up(case) for case in cases]


def _held_up_cases(openings: "QuerySet[Opening]", user: "User | AnonymousUser") -> "QuerySet[Any]":
    return (
        OnboardingCase.objects.visible_to(user)
        .filter(
            Exists(OnboardingDelay.objects.active().filter(case=OuterRef("pk"))),
            state__in=CaseState.running,
            application__opening__in=openings.order_by().values("pk"),
        )
        .exclude(application__stage__in=(ApplicationStage.HIRED, *ApplicationStage.called_off))
    )


def _one_held_up(case: Any) -> HeldUp:
    delays: list[OnboardingDelay] = case.active_delays
    longest = max(delays, key=lambda delay: (delay.days, -delay.pk))
    is_unknown = any(delay.date_unknown for delay in delays)
    return HeldUp(case, longest, None if is_unknown else case.forecast_start)


def _keys(
    openings: "QuerySet[Opening]",
    named: Collection[Key],
    changed: Collection[int] | None,
    *,
    month: date | None,
    begin: int,
    size: int,
) -> tuple[int, list[Key]]:
    """Which rows the plan has: each opening in its own month, and in those of its starts. One query."""
    try:
        seen, params = openings.order_by().values_list("pk", "target_month").query.sql_with_params()
    except EmptyResultSet:
        return 0, []
    kept = "" if changed is None else (
        " UNION SELECT m.month, m.opening_id FROM reports_monthofopening m JOIN seen ON seen.id = m.opening_id"
        " WHERE m.month IS NOT NULL AND NOT m.opening_id = ANY(%s)"
    )  # fmt: skip
    statement = (
        f"WITH seen(id, month) AS ({seen}), keys AS (SELECT month, id FROM seen{kept}"  # noqa: S608 -- Django's own SQL
        " UNION SELECT n.month, n.id FROM unnest(%s::date[], %s::bigint[]) AS n(month, id) JOIN seen USING (id))"
        " SELECT id, month, count(*) OVER () FROM keys WHERE %s::date IS NULL OR month = %s ORDER BY month, id"
        " LIMIT %s OFFSET %s"
    )
    extra = [] if changed is None else [list(changed)]
    pairs = list(named)
    months, ids = [at for _opening, at in pairs], [opening for opening, _at in pairs]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *extra, months, ids, month, month, size, begin])
        found = cursor.fetchall()
    return (found[0][2] if found else 0), [(opening, at) for opening, at, _count in found]


def _rows(openings: "QuerySet[Opening]", keys: list[Key]) -> Rows:
    """Empty rows with what each opening needs, in the order of the keys. One query."""
    by_id = {opening.pk: opening for opening in openings.order_by().filter(pk__in={key[0] for key in keys})}
    rows: Rows = {}
    for opening_id, month in keys:
        row = rows[opening_id, month] = Row(by_id[opening_id], month)
        if row.opening.target_month == month:
            row.needed = row.opening.headcount
    return rows


def _count_starts(rows: Rows, live: Starts, changed: Collection[int] | None) -> None:
    """Write into the rows how many are hired and expected. One query."""
    found = dict(live)
    if changed is not None:
        asked = {opening for opening, _month in rows} - set(changed)
        kept = MonthOfOpening.objects.filter(opening__in=asked)
        for opening, month, hired, expected in kept.values_list("opening", "month", "hired", "expected"):
            found[opening, month] = hired, expected
    for (opening_id, month), row in rows.items():
        own = row.opening.target_month == month
        for key in ((opening_id, month), *(((opening_id, None),) if own else ())):
            hired, expected = found.get(key, (0, 0))
            row.hired += hired
            row.expected += expected


def _what_if(held_up: list[HeldUp], *, recovered: int, days: int) -> dict[Key, int]:
    """Say of those recovered when they would start; how many more each opening could expect in which month."""
    counting = Counting()
    result = counting.add(counting.add(timezone.localdate(), days).date, SCORING_WORKING_DAYS).date
    back: dict[Key, int] = defaultdict(int)
    for one in held_up[:recovered]:
        later = counting.between(one.delay.interview.expected_result, result).days
        one.what_if_start = counting.add(one.case.planned_start, max(later, 0)).date
        back[one.case.application.opening_id, _first(one.what_if_start)] += 1
    return dict(back)
