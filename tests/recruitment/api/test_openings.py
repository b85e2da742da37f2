"""`openings/` and its progress: shape, filters, query counts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recruitment.services import rule_trials
from tests.factories import api, people, recruitment
from tests.reports import rows

pytestmark = pytest.mark.django_db


def test_an_opening_as_the_api_shows_it() -> None:
    """Numbers as numbers, the month as a date; no rule is null, not 0."""
    department = people.department("数据部")
    specialist = people.recruiter()
    opening = recruitment.opening(
        department, specialist=specialist, title="数据分析师", title_en="Data analyst", skills={"excel": 3}
    )
    without = recruitment.opening(department, specialist=specialist, threshold=None)
    body = api.client_of(specialist).get("/api/v1/openings/?ordering=id").json()
    assert {key: body[key] for key in ("count", "next", "previous")} == {
        "count": 2,
        "next": None,
        "previous": None,
    }
    first, second = body["results"]
    assert first == {
        "id": opening.pk,
        "title": "数据分析师",
        "title_en": "Data analyst",
        "department": {"id": department.pk, "name": "数据部"},
        "headcount": 2,
        "target_month": "2026-12-01",
        "state": "open",
        "specialist": {"id": specialist.pk, "name": "李招聘"},
        "threshold": 80.0,
        "conditions": [],
        "skills": [{"skill": "Excel", "required_level": 3}],
        "salary_range": None,
        "created_at": first["created_at"],
        "updated_at": first["updated_at"],
    }
    assert second | {"id": without.pk, "threshold": None, "conditions": [], "skills": []} == second
    assert api.client_of(specialist).get(f"/api/v1/openings/{opening.pk}/").json() == first


def test_a_rule_says_what_it_asks_of_competencies() -> None:
    """As it stands now: what an earlier version asked for is gone."""
    opening = recruitment.opening(threshold=80)
    competencies = {code: recruitment.competency(code) for code in ("expertise", "communication")}
    for least in ({"expertise": 50}, {"communication": 70, "expertise": "62.5"}):
        rule_trials.take(
            opening_id=opening.pk,
            threshold=Decimal(75),
            least={competencies[code].pk: Decimal(figure) for code, figure in least.items()},
            by=opening.specialist,
        )
    body = api.client_of(opening.specialist).get(f"/api/v1/openings/{opening.pk}/").json()
    assert (body["threshold"], body["conditions"]) == (
        75.0,
        [
            {"competency": str(row), "least": least}
            for row, least in sorted(
                [(competencies["communication"], 70.0), (competencies["expertise"], 62.5)],
                key=lambda one: one[0].pk,
            )
        ],
    )


def test_progress_with_numerator_denominator_exclusions_and_bounds() -> None:
    """A hundred planned, ten left: 63 of 90."""
    opening = recruitment.opening()
    rows.interviews(opening, 10, "abandoned")
    for number, row in enumerate(rows.interviews(opening, 90, "completed")):
        rows.full(row, 85 if number < 63 else 60, outcome="invited" if number < 63 else "below")
    body = api.client_of(opening.specialist).get(f"/api/v1/openings/{opening.pk}/progress/").json()
    assert body.pop("as_of").endswith("+08:00")
    assert body == {
        "opening": opening.pk,
        "headcount": 2,
        "hired": 0,
        "applications": 100,
        "stages": {
            "applied": 100, "screening": 0, "interviewing": 0, "evaluating": 0, "second_round": 0, "offer": 0,
            "hired": 0, "rejected": 0, "withdrawn": 0, "fell_through": 0,
        },
        "interviews": {
            "scheduled": 0, "in_progress": 0, "interrupted": 0, "completed": 90, "abandoned": 10, "missed": 0,
            "cancelled": 0,
        },
        "pass_rate": {
            "numerator": 63,
            "denominator": 90,
            "value": 0.7,
            "bounds": {"low": 0.63, "high": 0.73},
            "exclusions": [{"reason": "exit", "count": 10}],
            "definition": "pass-rate/1",
            "note": "",
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"first", "second"}),
        ("state=closed", {"second"}),
        ("target_month=2027-01-01", {"second"}),
        ("department={department}", {"first"}),
        ("department=999999", set()),
        ("ordering=-target_month", {"first", "second"}),
        ("search=analyst", {"first"}),
    ],
)
def test_filters(query: str, found: set[str]) -> None:
    """Each narrows the list."""
    first = recruitment.opening(title="first", title_en="Data analyst")
    recruitment.opening(title="second", state="closed", target_month=date(2027, 1, 1))
    query = query.format(department=first.department_id)
    body = api.client_of(people.lead()).get(f"/api/v1/openings/?{query}").json()
    assert {row["title"] for row in body["results"]} == found


@pytest.mark.parametrize(
    "query",
    ["state=shut", "department=x", "department=-1", "target_month=2026-13-01", "ordering=score", "state=%00"],
)
def test_a_filter_that_makes_no_sense_is_422(query: str) -> None:
    """With the field that is wrong."""
    response = api.client_of(people.lead()).get(f"/api/v1/openings/?{query}")
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert list(response.json()["fields"]) == [query.partition("=")[0]]


def test_the_number_of_queries_does_not_grow() -> None:
    """One row or three: key, count, page, skills, conditions."""
    client: Any = api.client_of(people.lead())
    counts = set()
    for _round in range(3):
        recruitment.opening(skills={"excel": 3})
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/v1/openings/").status_code == 200
        counts.add(len(queries))
    assert counts == {5}
