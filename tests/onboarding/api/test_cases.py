"""`/api/v1/onboarding/`: what it shows, to whom, and that nobody writes through it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from onboarding.models import OnboardingCase, OnboardingStep
from onboarding.services import steps
from people.actors import Party
from people.models import Department, User
from recruitment.services import interviews
from tests.factories import onboarding, people, recruitment

pytestmark = pytest.mark.django_db
LIST = "/api/v1/onboarding/"
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def as_(person) -> APIClient:
    client = APIClient()
    # As a request reads them: with what their roles may.
    client.force_authenticate(User.objects.with_grid().get(pk=person.pk))
    return client


def interrupted(of: Department | None = None) -> OnboardingCase:
    opening = recruitment.opening(of or people.department())
    row = recruitment.interview(
        of=recruitment.application(opening),
        state="in_progress",
        window_closes_at=MONDAY + timedelta(hours=10),
    )
    case = onboarding.case(row)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    return case


def test_a_case_is_shown_with_steps_forecast_and_delays():
    case = interrupted()
    by = people.lead()
    approval = steps.complete_step(step_id=case.steps.get(kind="approval").pk, by=by)
    row = case.waits_on.get()
    body = as_(by).get(f"{LIST}{case.pk}/").json()
    shown_steps, delays = body.pop("steps"), body.pop("delays")
    assert body == {
        "id": case.pk,
        "application": case.application_id,
        "candidate": row.application.candidate.name,
        "opening": row.application.opening.title,
        "department": row.application.opening.department.name,
        "employee": case.employee_id,
        "state": "preparing",
        "planned_start": "2026-12-14",
        "forecast": "2026-12-17",
        "forecast_is_provisional": False,
        "provisional_years": [],
        "started_on": None,
        "score": None,
        "waits_on": [row.pk],
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
    }
    assert delays == [
        {
            "id": case.delays.get().pk,
            "interview": row.pk,
            "days": 3,
            "cause": "network",
            "expected_result": "2026-11-27",
            "date_unknown": False,
            "started_at": "2026-11-23T10:00:00+08:00",
            "lifted_at": None,
        }
    ]
    assert shown_steps[0] == {
        "id": approval.pk,
        "number": 1,
        "kind": "approval",
        "title": "录用审批",
        "owner_role": "lead",
        "state": "done",
        "due_on": "2026-12-03",
        "done_at": "2026-11-23T10:00:00+08:00",
        "done_by": by.name,
        "rests_on": None,
    }
    assert [(step["kind"], step["state"], step["due_on"]) for step in shown_steps[1:]] == [
        ("contract", "ready", "2026-12-08"),
        ("access", "waiting", "2026-12-14"),
        ("equipment", "waiting", "2026-12-15"),
        ("first_day", "waiting", "2026-12-17"),
    ]


def test_titles_come_in_the_readers_language():
    case = interrupted()
    body = as_(people.onboarder()).get(f"{LIST}{case.pk}/", headers={"accept-language": "en"}).json()
    assert body["steps"][1]["title"] == "Sign the contract"


def test_the_estimate_is_shown_with_its_basis():
    row = recruitment.interview(state="in_progress")
    recruitment.written_test(row.application)
    case = onboarding.case(row)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.CANDIDATE)
    score = as_(people.onboarder()).get(f"{LIST}{case.pk}/").json()["score"]
    assert set(score) == {"value", "low", "high", "basis", "as_of", "source"}
    assert (score["basis"], float(score["low"]) < float(score["value"]) < float(score["high"])) == (
        "fallback",
        True,
    )


def test_the_list_takes_as_many_queries_for_three_cases_as_for_one():
    client, counts = as_(people.onboarder()), []
    for more in (1, 2):
        for _row in range(more):
            interrupted()
        with CaptureQueriesContext(connection) as queries:
            body = client.get(LIST).json()
        counts.append((body["count"], len(queries)))
    assert [count for count, _queries in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_filters_and_order():
    top = people.department()
    below = people.department(parent=top)
    held, free = interrupted(below), onboarding.case(recruitment.application())
    client = as_(people.onboarder())

    def found(**query: object) -> list[int]:
        return [row["id"] for row in client.get(LIST, query).json()["results"]]

    assert found() == [free.pk, held.pk]
    assert found(ordering="-forecast") == [held.pk, free.pk]
    assert found(delayed="true") == [held.pk]
    assert found(delayed="false") == [free.pk]
    assert found(department=top.pk) == found(department=below.pk) == [held.pk]
    assert found(application=free.application_id) == [free.pk]
    assert found(opening=free.application.opening_id) == [free.pk]
    assert found(state="preparing") == [free.pk, held.pk]
    assert found(state="started") == []


@pytest.mark.parametrize(
    "query", [{"state": "gone"}, {"application": "x"}, {"department": "1.5"}, {"ordering": "x"}]
)
def test_a_filter_that_makes_no_sense_is_refused(query):
    answer = as_(people.onboarder()).get(LIST, query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_manager_sees_the_own_tree_and_nobody_else_anything():
    top = people.department()
    mine, other = interrupted(people.department(parent=top)), interrupted()
    manager = as_(people.manager(top))
    assert [row["id"] for row in manager.get(LIST).json()["results"]] == [mine.pk]
    assert manager.get(f"{LIST}{mine.pk}/").status_code == 200
    assert manager.get(f"{LIST}{other.pk}/").status_code == 404
    nobody = as_(people.user()).get(LIST)
    assert (nobody.status_code, nobody.json()["code"]) == (403, "not_permitted")
    assert APIClient().get(LIST).status_code == 401


@pytest.mark.parametrize("who", [people.onboarder, people.lead, people.manager, people.user])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_through_the_api(who, method):
    case = interrupted()

    def rows() -> list:
        return [
            list(OnboardingCase.objects.values()),
            list(OnboardingStep.objects.values()),
            list(case.delays.values()),
        ]

    before = rows()
    client = as_(who())
    for page in (LIST, f"{LIST}{case.pk}/"):
        answer = getattr(client, method)(page, {"state": "started"}, format="json")
        assert answer.status_code in (403, 405)
        assert set(answer.json()) == {"code", "message"}
    assert rows() == before
