"""What a department manager reads on the phone: the same figures as the API, from the same functions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from core.figures import Estimate, estimate
from hrsuite.api.applications import ApplicationSerializer, current_assessments
from hrsuite.approvals import number_waiting
from people.models import User
from recruitment import queries
from recruitment.enums import ApplicationStage, ExitCause, InterviewState, OpeningState
from recruitment.models import Application, Interview, InterviewExit, Opening, Scorecard
from recruitment.models.interviews import live_state_of
from recruitment.rounds.pages import owed_cards
from recruitment.standing import strongest
from reports.charts import figure
from reports.headcount import HeldUp, Row, headcount_page
from reports.progress import progress

# A phone's page; the API has the rest.
MOST_ROWS, MOST_PEOPLE = 60, 200
BROKEN_OFF = frozenset({InterviewState.INTERRUPTED, InterviewState.MISSED, InterviewState.ABANDONED})


@dataclass(frozen=True, slots=True)
class Mine:
    """The plan of a manager's openings; `more` rows stand in the API alone. `owed`: scorecards to hand in;
    `approvals`: how many wait for the person."""

    rows: list[Row]
    more: int
    held_up: list[HeldUp]
    owed: list[Scorecard]
    approvals: int


@dataclass(frozen=True, slots=True)
class Person:
    """One application as a line: where it stands, its strongest score, the expected start, and how its interview broke
    off, where it did, and why, where somebody left."""

    application: Application
    score: Estimate | None
    expected_start: date | None
    promised_by: date | None
    broken_off: str
    cause: str
    return_until: datetime | None


def openings_of(user: User) -> "QuerySet[Opening]":
    """The openings that still look for somebody, of those that this person may see."""
    return Opening.objects.visible_to(user).exclude(state=OpeningState.CLOSED).select_related("department")


def mine(user: User, *, recovered: int | None, days: int) -> Mine:
    """The plan by month and opening, with the what-if where `recovered` says how many exits. As many statements for one
    opening as for many."""
    count, rows = headcount_page(
        openings_of(user), user=user, begin=0, size=MOST_ROWS, recovered=recovered, days=days
    )
    return Mine(
        rows=rows,
        more=count - len(rows),
        held_up=[one for row in rows for one in row.held_up],
        owed=owed_cards(user),
        approvals=number_waiting(user),
    )


def people_of(opening: Opening, user: User) -> list[Person]:
    """The applications of an opening that still run or were hired, those that stand furthest first; by no score."""
    applications = (
        queries.applications_for(user)
        .filter(opening=opening)
        .exclude(stage__in=ApplicationStage.called_off)
        .order_by("-stage_since", "-pk")[:MOST_PEOPLE]
    )
    rows = list(applications)
    shown = ApplicationSerializer(rows, many=True).data
    order = list(ApplicationStage)
    held = _broken_off(rows, user)
    found = [_person(row, said, held.get(row.pk)) for row, said in zip(rows, shown, strict=True)]
    return sorted(found, key=lambda one: -order.index(ApplicationStage(one.application.stage)))


def context_of(opening: Opening, user: User) -> dict[str, Any]:
    """One opening: its progress, and who is where."""
    found = progress(opening)
    return {
        "opening": opening,
        "progress": found,
        "pass_rate": figure(found.pass_rate),
        "stages": [(stage.label, count) for stage, count in found.stages.items() if count],
        "people": people_of(opening, user),
    }


def _person(application: Application, said: dict[str, Any], broken_off: Interview | None) -> Person:
    reports = [row for one in application.interviews.all() for row in current_assessments(one)]
    best = strongest(reports)
    return Person(
        application=application,
        score=None if best is None else estimate(best.value, best.low, best.high, best.basis),
        expected_start=said["expected_start"],
        promised_by=application.promised_by,
        broken_off=str(InterviewState(live_state_of(broken_off)).label) if broken_off else "",
        cause=_why(broken_off) if broken_off else "",
        return_until=broken_off.resume_until if broken_off else None,
    )


def _why(broken_off: Interview) -> str:
    """Why the present attempt was left last, in words."""
    causes = [one.effective_cause for one in broken_off.exits.all() if one.attempt == broken_off.attempt]
    return str(ExitCause(causes[-1]).label) if causes else ""


def _broken_off(applications: list[Application], user: User) -> dict[int, Interview]:
    """Of these, whose last interview was left, missed or given up, and nothing came of it since; with its exits. Two
    queries."""
    found: dict[int, Interview] = {}
    rows = Interview.objects.visible_to(user).with_live_state().filter(application__in=applications)
    for row in rows.order_by("round", "pk").prefetch_related(
        Prefetch("exits", InterviewExit.objects.order_by("pk"))
    ):
        if row.live_state in BROKEN_OFF:
            found[row.application_id] = row
        else:
            found.pop(row.application_id, None)
    return found
