"""`applications/<id>/steps/<step>/`: HR moves an application, on what was seen of it; a refusal changes nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core import seen
from core.events.models import Event
from core.figures import Basis
from people.actors import Party
from people.enums import KeyScope
from people.services import tokens
from recruitment.models import Application, Assessment, Decision, Invitation
from recruitment.services import applications, scheduling, steps
from tests.factories import api, people, recruitment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


def address(row: Application, step: str) -> str:
    return f"/api/v1/applications/{row.pk}/steps/{step}/"


def post(row: Application, step: str, *, by: Any = None, **body: Any) -> Any:
    """As somebody who has read it just now."""
    client = api.client_of(by or people.lead())
    if "version" not in body:
        body["version"] = client.get(f"/api/v1/applications/{row.pk}/").json()["version"]
    return client.post(address(row, step), body, format="json")


@pytest.fixture
def application() -> Application:
    api.calendar()
    return Application.objects.get(pk=recruitment.application().pk)


def test_a_rejection_and_its_taking_back_answer_the_application(application: Application) -> None:
    said = post(application, "reject", reason="经验不符")
    assert said.status_code == 200
    body = said.json()
    assert (body["id"], body["stage"]) == (application.pk, "rejected")
    application.refresh_from_db()
    assert (application.end_reason, body["version"]) == ("经验不符", seen.version_of(application))
    back = post(application, "reopen", reason="误操作", version=body["version"])
    assert (back.status_code, back.json()["stage"]) == (200, "applied")


@pytest.mark.parametrize(
    ("step", "stage", "becomes"),
    [
        ("screen", "applied", "screening"),
        ("return_to_evaluation", "second_round", "evaluating"),
        ("offer", "second_round", "offer"),
        ("hire", "offer", "hired"),
        ("withdraw", "screening", "withdrawn"),
        ("fall_through", "hired", "fell_through"),
    ],
)
def test_each_step(step: str, stage: str, becomes: str) -> None:
    api.calendar()
    said = post(recruitment.application(stage=stage), step, reason="按流程办理")
    assert (said.status_code, said.json()["stage"]) == (200, becomes)


def test_an_invitation_stands_on_the_strongest_report() -> None:
    api.calendar()
    interview = recruitment.interview(state="completed")
    reports = [
        Assessment.objects.create(
            interview=interview, attempt=1, basis=basis, status="current", value=Decimal(70), low=Decimal(60),
            high=Decimal(80), method="test",
        )
        for basis in (Basis.FALLBACK, Basis.PARTIAL)
    ]  # fmt: skip
    row = interview.application
    for report in reports:
        Decision.objects.create(application=row, assessment=report, outcome="asked")
    said = post(row, "advance")
    assert (said.status_code, said.json()["in_second_round"]) == (200, True)
    assert Invitation.objects.get().basis == Basis.PARTIAL


def test_without_a_report_nobody_is_advanced(application: Application) -> None:
    said = post(application, "advance")
    assert (said.status_code, said.json()["code"], said.json()["stage"]) == (
        409,
        "nothing_to_decide",
        "applied",
    )


def test_an_old_version_is_told_where_it_stands_and_changes_nothing(application: Application) -> None:
    seen_first = seen.version_of(application)
    assert post(application, "screen").status_code == 200
    events = Event.objects.count()
    said = post(application, "reject", reason="不合适", version=seen_first)
    application.refresh_from_db()
    body = said.json()
    assert (said.status_code, body["code"], body["stage"]) == (409, "changed_meanwhile", "screening")
    assert body["version"] == seen.version_of(application)
    assert (application.stage, Event.objects.count()) == ("screening", events)


def test_a_step_from_the_wrong_stage_is_409_with_the_stage(application: Application) -> None:
    said = post(application, "hire")
    body = said.json()
    assert (said.status_code, body["code"], body["stage"]) == (409, "step_not_allowed", "applied")
    assert body["message"] != body["code"]


def test_the_same_twice_is_one(application: Application) -> None:
    version = seen.version_of(application)
    statuses = [post(application, "reject", reason="不合适", version=version).status_code for _ in range(2)]
    assert statuses == [200, 409]
    assert Event.objects.filter(kind="application_ended").count() == 1


@pytest.mark.parametrize(
    ("step", "body", "expected"),
    [
        ("reject", {}, (422, "reason_missing")),
        ("reopen", {}, (422, "reason_missing")),
        ("reject", {"reason": "x" * 201}, (422, "invalid")),
        ("reject", {"reason": "a\x00b"}, (422, "invalid")),
        ("reject", {"reason": ["不合适"]}, (422, "invalid")),
        ("reject", {"reason": "不合适", "version": ""}, (422, "invalid")),
        ("reject", {"reason": "不合适", "version": "x" * 33}, (422, "invalid")),
        ("reject", {"reason": "不合适", "version": "nonsense"}, (409, "changed_meanwhile")),
        ("start_interview", {}, (404, "step_unknown")),
        ("make_offer", {}, (404, "step_unknown")),
        ("%00", {}, (404, "step_unknown")),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_half_done(
    application: Application, step: str, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    said = post(application, step, **body)
    assert (said.status_code, said.json()["code"]) == expected
    assert Application.objects.get().stage == "applied"


def test_without_a_version_it_is_422(application: Application) -> None:
    said = api.client_of(people.lead()).post(address(application, "screen"), {}, format="json")
    assert (said.status_code, said.json()["fields"].keys()) == (422, {"version"})


def test_a_key_that_only_reads_and_colleagues_of_other_work_take_no_step(application: Application) -> None:
    lead, elsewhere = people.lead(), people.recruiter(department=people.department())
    key = tokens.mint(user_id=lead.pk, name="read", scope=KeyScope.READ, days=1, by=Party.SYSTEM)
    client = api.client_of(None)
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    body = {"version": seen.version_of(application)}
    refusals = [client.post(address(application, "screen"), body, format="json").json()["code"]]
    for person in (
        people.trainer(),
        people.onboarder(),
        elsewhere,
        people.manager(application.opening.department),
    ):
        said = post(application, "screen", by=person, **body)
        refusals.append((said.status_code, said.json()["code"]))
    assert refusals == ["key_reads_only", *[(403, "not_permitted")] * 4]
    assert Application.objects.get().stage == "applied"


def test_a_rejection_over_the_api_calls_the_interview_off_as_the_page_does(application: Application) -> None:
    interview = scheduling.schedule(
        application_id=application.pk, opens_at=timezone.now(), closes_at=timezone.now() + timedelta(days=2),
        by=Party.SYSTEM,
    )  # fmt: skip
    assert post(application, "reject", reason="岗位取消").status_code == 200
    interview.refresh_from_db()
    assert interview.state == "cancelled"


def test_every_step_of_people_has_a_name_outside() -> None:
    assert set(steps.MOVES.values()) == set(applications.PEOPLE_TAKE)
