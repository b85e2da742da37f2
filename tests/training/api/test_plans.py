"""`training-plans/`: who sees which plans, in how many queries, and what is refused."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.figures import Basis
from people.models import User
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Opening
from tests.factories import people, recruitment, training
from training.api import plans as endpoint
from training.models import PlanItem, TrainingPlan
from training.services import items, plans

pytestmark = pytest.mark.django_db
URL = "/api/v1/training-plans/"


def _plan(opening: Opening, score: int = 50) -> TrainingPlan:
    application = recruitment.application(
        opening, stage=ApplicationStage.INTERVIEWING, planned_start=date(2026, 11, 30)
    )
    interview = recruitment.interview(application, state=InterviewState.INTERRUPTED)
    training.report(interview, Basis.PARTIAL, {"expertise": score})
    plan = plans.align(application_id=application.pk)
    assert plan is not None
    return plan


@pytest.fixture
def opening() -> Opening:
    """Asks for Excel at 4."""
    training.course()
    return recruitment.opening(skills={"excel": 4})


def _as(user: User | None) -> APIClient:
    client = APIClient()
    if user is not None:
        # As a request reads them: with what their roles may.
        client.force_authenticate(User.objects.with_grid().get(pk=user.pk))
    return client


def _ids(user: User, **query: Any) -> list[int]:
    response = _as(user).get(URL, query)
    assert response.status_code == 200, response.content
    return sorted(row["id"] for row in response.json()["results"])


def test_a_plan_with_its_items_and_their_evidence(opening: Opening) -> None:
    plan = _plan(opening)
    item = PlanItem.objects.get()

    row = _as(people.trainer()).get(f"{URL}{plan.pk}/").json()

    assert row.pop("generated_at")
    assert row.pop("updated_at")
    evidence = row["items"][0].pop("evidence")
    assert row == {
        "id": plan.pk, "application": plan.application_id, "candidate": "张三", "opening": opening.title,
        "department": opening.department.name, "planned_start": "2026-11-30", "state": "active", "basis": "partial",
        "version": 1, "uncovered": [],
        "items": [
            {
                "id": item.pk,
                "course": {"code": "office-advanced", "title": "办公软件进阶课程", "kind": "course", "hours": 16.0},
                "skill": item.skill.name, "skill_code": "excel", "reason": "gap", "required_level": 4, "shown_level": 2,
                "offset_working_days": 10, "due_on": "2026-12-14", "provisional_years": [], "state": "planned",
                "done_at": None, "added_in_version": 1,
            }
        ],
    }  # fmt: skip
    assert [(found["source"], found["value"], found["type"]) for found in evidence] == [
        ("partial", 50.0, "recruitment.assessment")
    ]


def test_the_title_follows_the_readers_language(opening: Opening) -> None:
    plan = _plan(opening)
    row = _as(people.trainer()).get(f"{URL}{plan.pk}/", headers={"Accept-Language": "en"}).json()
    assert row["items"][0]["course"]["title"] == "Office Advanced"


def test_a_manager_sees_the_own_tree_only(opening: Opening) -> None:
    own = people.department(parent=people.department())
    mine, other = _plan(recruitment.opening(own)), _plan(opening)
    assert own.parent is not None
    manager = people.manager(own.parent)

    assert _ids(people.lead()) == sorted([mine.pk, other.pk])
    assert _ids(manager) == [mine.pk]
    assert _as(manager).get(f"{URL}{mine.pk}/").status_code == 200
    assert _as(manager).get(f"{URL}{other.pk}/").status_code == 404


def test_others_are_refused(opening: Opening) -> None:
    plan = _plan(opening)
    nobody = people.user()

    answers = [
        (_as(user).get(path).status_code, _as(user).get(path).json()["code"])
        for user in (None, nobody)
        for path in (URL, f"{URL}{plan.pk}/")
    ]

    assert answers == [(401, "not_authenticated")] * 2 + [(403, "not_permitted")] * 2


def test_nobody_writes(opening: Opening) -> None:
    plan = _plan(opening)
    before = list(TrainingPlan.objects.values()), list(PlanItem.objects.values())
    client = _as(people.lead())

    statuses = {
        client.post(URL, {}).status_code,
        client.put(f"{URL}{plan.pk}/", {}).status_code,
        client.patch(f"{URL}{plan.pk}/", {}).status_code,
        client.delete(f"{URL}{plan.pk}/").status_code,
    }

    assert statuses == {405}
    assert (list(TrainingPlan.objects.values()), list(PlanItem.objects.values())) == before


def test_filters(opening: Opening) -> None:
    hr = people.lead()
    other = recruitment.opening(skills={"excel": 3})
    weak, strong = _plan(opening), _plan(other, score=95)

    assert {
        "application": _ids(hr, application=weak.application_id),
        "opening": _ids(hr, opening=other.pk),
        "department": _ids(hr, department=opening.department_id),
        "active": _ids(hr, state="active"),
        "closed": _ids(hr, state="closed"),
        "partial": _ids(hr, basis="partial"),
        "due": _ids(hr, due_before="2026-12-15"),
        "not due": _ids(hr, due_before="2026-12-14"),
    } == {
        "application": [weak.pk],
        "opening": [strong.pk],
        "department": [weak.pk],
        "active": [weak.pk, strong.pk],
        "closed": [],
        "partial": [weak.pk, strong.pk],
        "due": [weak.pk],
        "not due": [],
    }
    items.mark_done(item_id=PlanItem.objects.get().pk, by=hr)
    assert _ids(hr, due_before="2026-12-15") == []


@pytest.mark.parametrize(("reach", "is_named"), [(10, True), (0, False)])
def test_few_plans_with_something_due_are_named_and_many_are_asked_for(
    opening: Opening, monkeypatch: pytest.MonkeyPatch, reach: int, is_named: bool
) -> None:
    hr, plan = people.lead(), _plan(opening)
    _plan(recruitment.opening(skills={"excel": 3}), score=95)
    monkeypatch.setattr(endpoint, "REACH", reach)

    with CaptureQueriesContext(connection) as queries:
        assert _ids(hr, due_before="2026-12-15") == [plan.pk]

    paged = next(query["sql"] for query in queries if "LIMIT 51" in query["sql"])
    assert ("training_planitem" not in paged) is is_named


@pytest.mark.parametrize(
    "query", [{"state": "asleep"}, {"basis": "fallback"}, {"application": "x"}, {"due_before": "soon"}]
)
def test_a_filter_that_makes_no_sense(opening: Opening, query: dict[str, str]) -> None:
    response = _as(people.lead()).get(URL, query)

    assert (response.status_code, response.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("key", ["x", "0", "99999999999999999999"])
def test_no_such_plan(opening: Opening, key: str) -> None:
    assert _as(people.lead()).get(f"{URL}{key}/").status_code == 404
    assert _ids(people.lead(), application="9223372036854775807") == []
    assert _as(people.lead()).get(URL, {"application": "99999999999999999999"}).status_code == 422


def test_the_list_costs_the_same_for_one_and_for_three(opening: Opening) -> None:
    manager = people.manager(opening.department)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert _as(manager).get(URL).status_code == 200
        return len(captured)

    _plan(opening)
    one = queries()
    _plan(opening)
    _plan(opening)
    assert queries() == one <= 6
