"""`applications/`: the contract's shape, the score's order, the start, the timeline."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onboarding.models import OnboardingCase
from recruitment.models import Assessment, Interview
from tests.factories import api, people, recruitment
from tests.hrsuite.api import story
from training.models import TrainingPlan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


def shown(pk: int) -> dict[str, Any]:
    """As HR reads it."""
    body: dict[str, Any] = api.client_of(people.lead()).get(f"/api/v1/applications/{pk}/").json()
    return body


def report(of: Interview, basis: str, value: int | None, status: str = "current") -> Assessment:
    """A report with the value as its own bounds."""
    amount = None if value is None else Decimal(value)
    return Assessment.objects.create(
        interview=of,
        attempt=1,
        basis=basis,
        status=status,
        value=amount,
        low=amount,
        high=amount,
        method="test",
    )


def test_an_application_as_the_api_shows_it() -> None:
    """The contract's keys, with what onboarding and training made of it."""
    told = story.left()
    case, plan = OnboardingCase.objects.get(), TrainingPlan.objects.get()
    body = shown(told.application.pk)
    assert case.forecast_start > story.START
    fallback = Assessment.objects.get(basis="fallback")
    assert body.pop("last_change").endswith("+08:00")
    assert body == {
        "id": told.application.pk,
        "candidate": "张三",
        "opening": told.opening.pk,
        "opening_title": told.opening.title,
        "stage": "interviewing",
        "score": {
            "value": float(fallback.value or 0), "low": float(fallback.low or 0), "high": float(fallback.high or 0),
            "basis": "fallback",
        },
        "in_second_round": False,
        "promised_by": body["promised_by"],
        "expected_start": case.forecast_start.isoformat(),
        "interviews": [told.interview.pk],
        "onboarding_case": case.pk,
        "training_plan": plan.pk,
        "candidate_id": told.application.candidate_id,
        "version": body["version"],
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
    }  # fmt: skip
    listed = api.client_of(people.lead()).get("/api/v1/applications/").json()["results"]
    assert listed == [shown(told.application.pk)]


def test_the_start_moves_with_the_exit_back_with_the_return_and_is_unknown_after_giving_up() -> None:
    """Never a date that nobody knows."""
    told = story.begun()
    assert shown(told.application.pk)["expected_start"] == story.START.isoformat()
    told.leave()
    assert date.fromisoformat(shown(told.application.pk)["expected_start"]) > story.START
    told.come_back()
    assert shown(told.application.pk)["expected_start"] == story.START.isoformat()
    told.give_up()
    assert shown(told.application.pk)["expected_start"] is None


def test_nothing_planned_is_null() -> None:
    """No score, no start, no case, no plan: null, not 0."""
    body = shown(recruitment.application().pk)
    nothing = ("score", "expected_start", "onboarding_case", "training_plan", "promised_by")
    assert [body[name] for name in nothing] == [None] * 5
    assert body["interviews"] == []


@pytest.mark.parametrize(
    ("reports", "score"),
    [
        ([("fallback", 70, "current")], ("fallback", 70.0)),
        ([("fallback", 70, "current"), ("partial", 60, "current")], ("partial", 60.0)),
        ([("full", 50, "current"), ("fallback", 90, "current")], ("full", 50.0)),
        ([("full", 50, "withdrawn"), ("fallback", 90, "current")], ("fallback", 90.0)),
        ([("partial", None, "current"), ("fallback", 70, "current")], ("fallback", 70.0)),
        ([("partial", None, "current")], None),
        ([("full", 0, "current")], ("full", 0.0)),
    ],
)
def test_full_before_partial_before_fallback(
    reports: list[tuple[str, int | None, str]], score: tuple[str, float] | None
) -> None:
    """Whatever the values; a report without one says nothing, and 0 is a value."""
    row = recruitment.interview()
    for basis, value, status in reports:
        report(row, basis, value, status)
    body = shown(row.application_id)["score"]
    assert (body and (body["basis"], body["value"])) == score


@pytest.mark.parametrize(
    ("stage", "expected"), [("second_round", True), ("evaluating", False), ("offer", False)]
)
def test_in_second_round(stage: str, expected: bool) -> None:
    """Where it stands now."""
    assert shown(recruitment.application(stage=stage).pk)["in_second_round"] is expected


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("stage=offer", 1), ("stage=applied", 2), ("opening={opening}", 1), ("department={department}", 1),
        ("interview_state=missed", 1), ("interview_state=completed", 0), ("ordering=-promised_by", 3),
        ("ordering=candidate", 3),
    ],
)  # fmt: skip
def test_filters(query: str, count: int) -> None:
    """Each narrows the list."""
    offered = recruitment.application(stage="offer")
    recruitment.application()
    recruitment.interview(state="missed")
    query = query.format(opening=offered.opening_id, department=offered.opening.department_id)
    assert api.client_of(people.lead()).get(f"/api/v1/applications/?{query}").json()["count"] == count


@pytest.mark.parametrize(
    "query",
    ["stage=x", "opening=x", "interview_state=lapsed", "ordering=score", "department=%00", "stage=%00"],
)
def test_a_filter_that_makes_no_sense_is_422(query: str) -> None:
    """Nothing is ranked by score."""
    response = api.client_of(people.lead()).get(f"/api/v1/applications/?{query}")
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


def test_pages() -> None:
    """`page_size` cuts, `next` leads on, a page that is not there is 404."""
    opening = recruitment.opening()
    for _number in range(3):
        recruitment.application(opening)
    client: Any = api.client_of(people.lead())
    first = client.get("/api/v1/applications/?page_size=2").json()
    second = client.get(first["next"]).json()
    assert (first["count"], len(first["results"]), len(second["results"]), second["next"]) == (3, 2, 1, None)
    for page in ("9", "x", "0", "9" * 30, "%00"):
        response = client.get(f"/api/v1/applications/?page={page}")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_the_timeline_tells_the_story_of_all_apps_in_order() -> None:
    """Interview, follow-up, report, case and plan; another candidate's story is not in it."""
    told = story.left()
    story.left(told.opening)
    response = api.client_of(people.lead()).get(f"/api/v1/applications/{told.application.pk}/timeline/")
    body = response.json()
    keys = {"id", "event", "label", "at", "by", "subject", "caused_by"}
    assert all(set(moment) == keys and moment["label"] for moment in body)
    assert [moment["id"] for moment in body] == sorted(moment["id"] for moment in body)
    assert datetime.fromisoformat(body[0]["at"]).utcoffset() is not None
    kinds = [moment["event"] for moment in body]
    assert {
        "interview_scheduled", "start_planned", "onboarding_case_opened", "interview_started", "interview_interrupted",
        "follow_up_opened", "assessment_issued", "start_forecast_changed", "training_plan_changed",
    } <= set(kinds)  # fmt: skip
    interviews = {m["subject"]["id"] for m in body if m["subject"]["type"] == "recruitment.interview"}
    assert interviews == {told.interview.pk}


def test_the_number_of_queries_does_not_grow() -> None:
    """One row or three."""
    first = story.left()
    client: Any = api.client_of(people.lead())
    counts = []
    for _round in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/v1/applications/").status_code == 200
        counts.append(len(queries))
        story.left(first.opening)
    assert counts == [11, 11, 11]
