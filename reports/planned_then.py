"""The headcount plan as it stood at a moment of the past: counted anew from what was recorded by then."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from onboarding.enums import CaseState
from onboarding.models import OnboardingCase, OnboardingDelay
from people.models import Department
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Application, Interview, Opening
from reports.past import Past

NOT_EXPECTED = (ApplicationStage.HIRED, *ApplicationStage.called_off)
# Of an opening and a month: hired, expected, at risk.
Starts = dict[tuple[int, date], list[int]]


@dataclass(slots=True)
class RowThen:
    """One opening in one month, as `headcount.Row` has it; `opening` with the department that it belonged to."""

    opening: Opening
    month: date
    needed: int = 0
    hired: int = 0
    expected: int = 0
    at_risk: int = 0
    what_if: None = None


def plan_then(openings: "QuerySet[Opening]", past: Past, gone: Iterable[Opening] = ()) -> list[RowThen]:
    """The plan of these openings and of those `gone` since, in order of month and opening, by the same rules as
    `headcount_plan`. Four statements, one more for departments that are gone.

    Without a what-if: that is counted from today on.
    """
    stood = _openings(openings, past, gone)
    months = {pk: opening.target_month for pk, opening in stood.items()}
    starts = _starts(openings, past, months)
    keys = {*months.items(), *(key for key in starts if key[0] in stood)}
    rows = []
    for pk, month in sorted(keys, key=lambda key: (key[1], key[0])):
        hired, expected, at_risk = starts.get((pk, month), (0, 0, 0))
        needed = stood[pk].headcount if months[pk] == month else 0
        rows.append(RowThen(stood[pk], month, needed, hired, expected, at_risk))
    return rows


def _openings(openings: "QuerySet[Opening]", past: Past, gone: Iterable[Opening]) -> dict[int, Opening]:
    """Those that were there, with headcount, target month and department of then. Two statements."""
    found = openings.filter(past.by("created_at")).annotate(
        headcount_then=past.value(Opening, "headcount"),
        month_then=past.value(Opening, "target_month"),
        department_then=past.value(Opening, "department_id"),
    )
    rows: list[Any] = list(found.order_by("pk"))
    for row in rows:
        row.headcount, row.target_month = row.headcount_then, row.month_then
        row.department_id = row.department_then
    rows += gone
    departments = _departments({row.department_id for row in rows}, past)
    for row in rows:
        row.department = departments[row.department_id]
    return {row.pk: row for row in rows}


def _departments(keys: set[int], past: Past) -> dict[int, Department]:
    """By their keys; one that is gone with the name that it had."""
    found = Department.objects.in_bulk(keys)
    deleted = past.gone(Department, "name", "name_en") if keys - found.keys() else None
    if deleted is not None:
        lost = deleted.filter(object_id__in=[str(key) for key in keys - found.keys()])
        found |= {
            int(one.object_id): Department(
                pk=int(one.object_id), name=one.name_then, name_en=one.name_en_then
            )
            for one in lost
        }
    return found


def _starts(openings: "QuerySet[Opening]", past: Past, months: dict[int, date]) -> Starts:
    """Two statements."""
    found: Starts = defaultdict(lambda: [0, 0, 0])
    mine = openings.order_by().values("pk")
    delays = OnboardingDelay.objects.filter(past.by("started_at"), case=OuterRef("pk"))
    cases = OnboardingCase.objects.filter(past.by("created_at"), of_opening__in=mine).annotate(
        state_then=past.value(OnboardingCase, "state"),
        planned_then=past.value(OnboardingCase, "planned_start"),
        forecast_then=past.value(OnboardingCase, "forecast_start"),
        started_then=past.value(OnboardingCase, "started_on"),
        stage_then=past.value(Application, "stage", "application__"),
        held=Exists(delays.exclude(past.by("lifted_at"), lifted_at__isnull=False)),
        off=_called_off(past),
    )
    columns = (
        "of_opening",
        "state_then",
        "planned_then",
        "forecast_then",
        "started_then",
        "stage_then",
        "held",
        "off",
    )
    for opening, state, planned, forecast, started, stage, held, off in cases.values_list(*columns):
        if state == CaseState.CANCELLED:
            continue
        if state == CaseState.STARTED or stage == ApplicationStage.HIRED:
            found[opening, (started or forecast).replace(day=1)][0] += 1
        elif stage not in NOT_EXPECTED and held:
            found[opening, planned.replace(day=1)][2] += 1
        elif stage not in NOT_EXPECTED and not (off and stage in ApplicationStage.before_second_round):
            found[opening, forecast.replace(day=1)][1] += 1
    with_case = OnboardingCase.objects.filter(past.by("created_at"), application=OuterRef("pk"))
    loose = Application.objects.filter(past.by("created_at"), ~Exists(with_case), opening__in=mine).annotate(
        stage_then=past.value(Application, "stage")
    )
    for opening in loose.filter(stage_then=ApplicationStage.HIRED).values_list("opening", flat=True):
        if opening in months:
            found[opening, months[opening]][0] += 1
    return found


def _called_off(past: Past) -> Any:
    """Every interview of the case's application was cancelled by then, and there was one."""
    interviews = Interview.objects.filter(
        past.by("created_at"), application=OuterRef("application")
    ).annotate(then=past.value(Interview, "state"))
    cancelled = Q(then=InterviewState.CANCELLED)
    return Q(Exists(interviews.filter(cancelled))) & ~Q(Exists(interviews.exclude(cancelled)))
