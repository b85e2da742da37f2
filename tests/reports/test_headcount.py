"""`headcount-plan/`: needed, hired, expected, at risk with the exits that cause it; the what-if and what it refuses."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onboarding.models import OnboardingCase
from recruitment.models import Opening
from recruitment.services import endings, scheduling
from tests.factories import api, people, recruitment
from tests.hrsuite.api import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)


def plan(query: str = "", user: Any = None) -> list[dict[str, Any]]:
    """The rows, as HR reads them."""
    response = api.client_of(user or people.lead()).get(f"/api/v1/headcount-plan/{query}")
    assert response.status_code == 200, response.content
    rows: list[dict[str, Any]] = response.json()["results"]
    return rows


def figures(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Month and counts of each row."""
    return [tuple(row[key] for key in ("month", "needed", "hired", "expected", "at_risk")) for row in rows]


def test_a_start_at_risk_names_its_exit_and_is_not_expected() -> None:
    """Expected while the interview runs, at risk after the exit, expected again after the return."""
    told = story.begun()
    assert figures(plan()) == [("2026-12", 2, 0, 1, 0)]
    told.leave()
    (row,) = plan()
    assert figures([row]) == [("2026-12", 2, 0, 0, 1)]
    case = OnboardingCase.objects.get()
    delay = case.delays.get()
    assert row["exits"] == [
        {
            "application": told.application.pk,
            "candidate": "张三",
            "onboarding_case": case.pk,
            "interview": told.interview.pk,
            "exit": told.interview.exits.get().pk,
            "cause": "time_conflict",
            "days": delay.days,
            "planned_start": "2026-12-14",
            "expected_start": case.forecast_start.isoformat(),
            "what_if_start": None,
        }
    ]
    assert row["what_if"] is None
    told.come_back()
    assert figures(plan()) == [("2026-12", 2, 0, 1, 0)]
    told.give_up()
    (row,) = plan()
    assert (figures([row]), row["exits"][0]["expected_start"]) == ([("2026-12", 2, 0, 0, 1)], None)


def test_who_is_hired_and_who_has_ended() -> None:
    """Hired by the month of the start; rejected and withdrawn are no longer expected; no case, nothing expected."""
    told = story.begun(start=date(2026, 12, 28))
    hired = recruitment.application(told.opening, stage="hired")
    OnboardingCase.objects.create(
        application=hired,
        employee=people.employee(),
        planned_start=date(2027, 1, 4),
        forecast_start=date(2027, 1, 4),
    )
    ended = recruitment.application(told.opening, stage="rejected")
    OnboardingCase.objects.create(
        application=ended,
        employee=people.employee(),
        planned_start=date(2026, 12, 1),
        forecast_start=date(2026, 12, 1),
    )
    recruitment.application(told.opening, stage="offer")
    recruitment.application(
        told.opening, stage="hired"
    )  # no start was ever planned: counted where they were needed
    assert figures(plan()) == [("2026-12", 2, 1, 1, 0), ("2027-01", 0, 1, 0, 0)]
    assert figures(plan("?month=2027-01")) == [("2027-01", 0, 1, 0, 0)]


@pytest.mark.parametrize(
    ("recovered", "days", "expected", "at_risk", "starts"),
    [
        (0, 0, 0, 2, [None, None]),
        (1, 0, 1, 1, ["2026-12-14", None]),
        (2, 0, 2, 0, ["2026-12-14", "2026-12-15"]),
        (2, 5, 2, 0, ["2026-12-17", "2026-12-18"]),
        (9, 0, 2, 0, ["2026-12-14", "2026-12-15"]),
    ],
)
def test_what_if_some_were_recovered(
    recovered: int, days: int, expected: int, at_risk: int, starts: list[str | None]
) -> None:
    """The earliest planned first. The result was due on Thursday 26th; in five working days it comes on 1 December."""
    with time_machine.travel(MONDAY, tick=False):
        first = story.left()
        story.left(first.opening, start=date(2026, 12, 15))
        (row,) = plan(f"?recovered={recovered}&days={days}")
    assert row["what_if"] == {"recovered": 2 - at_risk, "expected": expected, "at_risk": at_risk}
    assert [one["what_if_start"] for one in row["exits"]] == starts
    assert figures([row]) == [("2026-12", 2, 0, 0, 2)]


def test_days_alone_recover_all_of_them() -> None:
    with time_machine.travel(MONDAY, tick=False):
        first = story.left()
        story.left(first.opening, start=date(2026, 12, 15))
        assert plan("?days=5") == plan("?recovered=1000&days=5")
        assert plan("?days=5")[0]["what_if"]["recovered"] == 2


def test_whose_interview_was_called_off_and_who_has_no_other_is_not_expected() -> None:
    """Neither here nor in the application; expected again as soon as a new interview is planned."""
    with time_machine.travel(MONDAY, tick=False):
        told = story.begun()
        shown = f"/api/v1/applications/{told.application.pk}/"
        client: Any = api.client_of(people.lead())
        assert figures(plan()) == [("2026-12", 2, 0, 1, 0)]
        assert client.get(shown).json()["expected_start"] == "2026-12-14"
        endings.cancel(interview_id=told.interview.pk, by=told.opening.specialist)
        assert figures(plan()) == [("2026-12", 2, 0, 0, 0)]
        assert client.get(shown).json()["expected_start"] is None
        scheduling.reschedule(
            interview_id=told.interview.pk,
            opens_at=timezone.now(),
            closes_at=timezone.now() + timedelta(days=2),
            by=told.opening.specialist,
        )
        assert figures(plan()) == [("2026-12", 2, 0, 1, 0)]
        assert client.get(shown).json()["expected_start"] == "2026-12-14"


@pytest.mark.parametrize("stage", ["rejected", "withdrawn"])
def test_who_was_turned_down_carries_no_expected_start(stage: str) -> None:
    row = recruitment.application(stage=stage, planned_start=date(2026, 12, 14))
    body = api.client_of(people.lead()).get(f"/api/v1/applications/{row.pk}/").json()
    assert body["expected_start"] is None


def test_what_if_moves_a_start_into_another_month() -> None:
    """The row it leaves and the row it comes to both say so."""
    with time_machine.travel(MONDAY, tick=False):
        story.left(start=date(2026, 12, 30))
        rows = plan("?recovered=1&days=10")
    assert [(row["month"], row["at_risk"], row["what_if"]) for row in rows] == [
        ("2026-12", 1, {"recovered": 1, "expected": 0, "at_risk": 0}),
        ("2027-01", 0, {"recovered": 0, "expected": 1, "at_risk": 0}),
    ]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("recovered=-1", "recovered_invalid"),
        ("recovered=1.5", "recovered_invalid"),
        ("recovered=x", "recovered_invalid"),
        ("recovered=", "recovered_invalid"),
        ("recovered=%00", "recovered_invalid"),
        ("recovered=1001", "recovered_invalid"),
        ("recovered=" + "9" * 5000, "recovered_invalid"),
        ("recovered=1&days=-1", "days_invalid"),
        ("recovered=1&days=251", "days_invalid"),
        ("recovered=1&days=1e3", "days_invalid"),
        ("month=", "month_invalid"),
        ("month=2026-13", "month_invalid"),
        ("month=%00", "month_invalid"),
        ("opening=x", "invalid"),
        ("state=x", "invalid"),
    ],
)
def test_what_makes_no_sense_is_422(query: str, code: str) -> None:
    """Each with its own code."""
    response = api.client_of(people.lead()).get(f"/api/v1/headcount-plan/?{query}")
    assert (response.status_code, response.json()["code"]) == (422, code)


def test_a_manager_sees_the_own_tree_only() -> None:
    """And the filters narrow it."""
    told = story.left()
    other = recruitment.opening(state="closed")
    manager = people.manager(told.opening.department)
    assert [row["opening"] for row in plan(user=manager)] == [told.opening.pk]
    assert [row["opening"] for row in plan("?state=closed")] == [other.pk]
    assert [row["opening"] for row in plan(f"?department={told.opening.department_id}")] == [told.opening.pk]
    assert plan(f"?opening={other.pk}", user=manager) == []


def test_the_number_of_queries_does_not_grow() -> None:
    """One start at risk or three."""
    first = story.left()
    client: Any = api.client_of(people.lead())
    counts = []
    for _round in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/v1/headcount-plan/").status_code == 200
        counts.append(len(queries))
        story.left(first.opening, start=story.START + timedelta(days=1))
    assert counts[0] == counts[1] == counts[2]
    assert Opening.objects.count() == 1
