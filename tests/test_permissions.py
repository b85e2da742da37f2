"""Every endpoint × person: the answer, nobody else's rows or fields in it, and unchanged data after every refusal."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from core.history.models import Look
from messaging.models import Message
from onboarding.models import OnboardingCase
from people import authentication
from people.models import User
from recruitment.models import Application, Assessment, FollowUp, Offer
from tests.factories import api, people, recruitment
from tests.hrsuite.api import story
from training.models import TrainingPlan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]

# Every reading endpoint; {name} stands for an id of the story. A test compares the keys with the schema.
READS = {
    "openings/": "openings/",
    "openings/{id}/": "openings/{opening}/",
    "openings/{id}/progress/": "openings/{opening}/progress/",
    "applications/": "applications/",
    "applications/{id}/": "applications/{application}/",
    "applications/{id}/timeline/": "applications/{application}/timeline/",
    "interviews/": "interviews/",
    "interviews/{id}/": "interviews/{interview}/",
    "interviews/{id}/chain/": "interviews/{interview}/chain/",
    "answers/": "answers/?interview={interview}",
    "assessments/": "assessments/",
    "assessments/{id}/": "assessments/{assessment}/",
    "offers/": "offers/",
    "offers/{id}/": "offers/{offer}/",
    "follow-ups/": "follow-ups/",
    "follow-ups/{id}/": "follow-ups/{follow_up}/",
    "headcount-plan/": "headcount-plan/",
    "onboarding/": "onboarding/",
    "onboarding/{id}/": "onboarding/{case}/",
    "training-plans/": "training-plans/",
    "training-plans/{id}/": "training-plans/{plan}/",
    "messages/": "messages/",
    "messages/{id}/": "messages/{message}/",
    "reports/": "reports/",
    "reports/{name}/": "reports/exits/",
    "reports/{name}.csv": "reports/exits.csv",
    "reports/{name}.pdf": "reports/exits.pdf",
    "reports/{name}.xlsx": "reports/exits.xlsx",
    "reports/weekly/": "reports/weekly/",
}
STEPS = {
    "applications/{id}/steps/{step}/": "applications/{application}/steps/withdraw/",
    "follow-ups/{id}/claim/": "follow-ups/{follow_up}/claim/",
    "follow-ups/{id}/close/": "follow-ups/{follow_up}/close/",
}
# Who may read or take these is a right of its own, and one's own files are: tests/recruitment/api/test_imports.py.
# So are the rounds that one holds: tests/recruitment/api/test_rounds.py.
# And the approvals that are one's own to give: tests/hrsuite/managers/test_approvals.py.
BY_RIGHT_READS = {"approvals/", "imports/{id}/", "imports/{id}/refused.xlsx", "rounds/", "rounds/{id}/"}
BY_RIGHT_STEPS = {
    "approvals/{key}/agree/", "approvals/{key}/disagree/",
    "imports/", "imports/{id}/confirm/", "imports/{id}/undo/",
}  # fmt: skip
HR_ONLY = {"answers/", "messages/", "messages/{id}/"}
LISTS = {name for name in READS if "{id}" not in name}
# Those that come in pages, of what a manager may read.
PAGES = {name for name in LISTS - HR_ONLY if not name.startswith("reports/")}

Scene = tuple[story.Story, dict[str, int]]


@pytest.fixture
def scene() -> Scene:
    """An exit with everything that follows it, and the ids of all that came of it."""
    told = story.left()
    ids = {
        "opening": told.opening.pk,
        "application": told.application.pk,
        "interview": told.interview.pk,
        "assessment": Assessment.objects.values_list("pk", flat=True)[0],
        "follow_up": FollowUp.objects.get().pk,
        "case": OnboardingCase.objects.get().pk,
        "plan": TrainingPlan.objects.get().pk,
        "offer": _offered(told.application).pk,
        "message": Message.objects.values_list("pk", flat=True)[0],
    }
    return told, ids


def _offered(application: Application) -> Offer:
    now = timezone.now()
    return Offer.objects.create(
        application=application, made_by=application.opening.specialist, salary=18000, start_on=now.date(),
        place="上海", answer_by=now,
    )  # fmt: skip


def rows() -> dict[str, tuple[int, str]]:
    """Every table of the suite but the log of looks, where a report's file is noted: how many rows, and a digest."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model is Look:
                continue
            table = model._meta.db_table
            digest = "md5(string_agg(row::text, '|' ORDER BY row::text))"
            cursor.execute(f'SELECT count(*), {digest} FROM "{table}" AS row')
            found[table] = cursor.fetchone()
    return found


def answers(client: APIClient, ids: dict[str, int]) -> dict[str, int]:
    """The status of every read."""
    return {
        name: client.get(f"/api/v1/{address.format(**ids)}").status_code for name, address in READS.items()
    }


def test_the_matrix_holds_every_endpoint() -> None:
    """What the schema lists is what is tried here."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    prefix = "/api/v1/"
    reads = {path.removeprefix(prefix) for path, calls in paths.items() if "get" in calls}
    steps = {path.removeprefix(prefix) for path, calls in paths.items() if set(calls) - {"get"}}
    assert reads == set(READS) | BY_RIGHT_READS
    assert steps == set(STEPS) | BY_RIGHT_STEPS


def anonymous(told: story.Story) -> APIClient:
    """Without any key."""
    return api.client_of(None)


def wrong_key(told: story.Story) -> APIClient:
    """A key that nobody has."""
    client = api.client_of(None)
    client.credentials(HTTP_AUTHORIZATION="Token 0000000000000000000000000000000000000000")
    return client


def broken_key(told: story.Story) -> APIClient:
    """A header that is no key."""
    client = api.client_of(None)
    client.credentials(HTTP_AUTHORIZATION="Token one two")
    return client


def revoked_key(told: story.Story) -> APIClient:
    """A key that was taken back."""
    person = people.lead()
    client = api.client_of(person)
    person.api_tokens.all().delete()
    return client


def left_the_company(told: story.Story) -> APIClient:
    """A lead whose account is closed."""
    person = people.lead()
    client = api.client_of(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    return client


def candidate(told: story.Story) -> APIClient:
    """A candidate's browser, with the room's cookie."""
    client = api.client_of(None)
    client.cookies["room"] = "x" * 43
    return client


@pytest.mark.parametrize(
    "person",
    [anonymous, wrong_key, broken_key, revoked_key, left_the_company, candidate],
    ids=lambda one: one.__name__,
)
def test_without_a_good_key_everything_is_401(
    person: Callable[[story.Story], APIClient], scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads and steps, each as {code, message}, and nothing moves."""
    monkeypatch.setattr(authentication, "WRONG_PER_ADDRESS", 1000)
    told, ids = scene
    client = person(told)
    before = rows()
    for address in (READS | STEPS).values():
        for method in ("get", "post", "put", "patch", "delete"):
            response = getattr(client, method)(f"/api/v1/{address.format(**ids)}", {}, format="json")
            assert (response.status_code, set(response.json())) == (401, {"code", "message"}), (
                method,
                address,
            )
    assert rows() == before


def test_somebody_without_a_role_gets_403_everywhere(scene: Scene) -> None:
    """Signed in, and neither HR nor a manager."""
    told, ids = scene
    outsider = people.user(department=told.opening.department)
    client = api.client_of(outsider)
    before = rows()
    for address in (READS | STEPS).values():
        for method in ("get", "post", "put", "patch", "delete"):
            response = getattr(client, method)(f"/api/v1/{address.format(**ids)}", {}, format="json")
            assert (response.status_code, response.json()["code"]) == (403, "not_permitted"), (
                method,
                address,
            )
    assert rows() == before


@pytest.mark.parametrize("role", ["recruiter", "onboarder", "trainer", "lead"])
def test_hr_reads_everything(role: str, scene: Scene) -> None:
    """Whichever specialist; reading changes nothing."""
    _told, ids = scene
    client = api.client_of(getattr(people, role)())
    before = rows()
    assert answers(client, ids) == dict.fromkeys(READS, 200)
    assert rows() == before


def test_a_manager_reads_the_own_tree(scene: Scene) -> None:
    """Also from above, and never the ledger of messages."""
    told, ids = scene
    above = people.department()
    told.opening.department.parent = above
    told.opening.department.save()
    for manager in (people.manager(told.opening.department), people.manager(above)):
        client = api.client_of(manager)
        before = rows()
        assert answers(client, ids) == {name: 403 if name in HR_ONLY else 200 for name in READS}
        assert {name: client.get(f"/api/v1/{name}").json()["count"] for name in PAGES} == {
            "openings/": 1, "applications/": 1, "interviews/": 1, "assessments/": Assessment.objects.count(),
            "offers/": 1, "follow-ups/": 1, "headcount-plan/": 1, "onboarding/": 1, "training-plans/": 1,
        }  # fmt: skip
        assert client.get("/api/v1/reports/weekly/").json()["interrupted"] == 1
        assert rows() == before


def test_another_trees_manager_finds_nothing(scene: Scene) -> None:
    """Empty lists and figures; each record is 404, as if it were not there; also to a department below."""
    told, ids = scene
    below = people.department(parent=told.opening.department)
    for manager in (people.manager(), people.manager(below)):
        client = api.client_of(manager)
        before = rows()
        expected = {name: 200 if name in LISTS else 404 for name in READS} | dict.fromkeys(HR_ONLY, 403)
        assert answers(client, ids) == expected
        for name in PAGES:
            assert client.get(f"/api/v1/{name}").json() == {
                "count": 0,
                "next": None,
                "previous": None,
                "results": [],
            }
        week = client.get("/api/v1/reports/weekly/").json()
        assert (week["invited"], week["interrupted"], week["exits"]) == (0, 0, [])
        for name in ("follow-ups", "assessments"):
            asked = client.get(f"/api/v1/{name}/?interview={ids['interview']}").json()
            assert asked["results"] == []
        assert rows() == before


@pytest.mark.parametrize("whose", ["own", "other"])
def test_managers_take_no_step(whose: str, scene: Scene) -> None:
    """403 for what HR may do, 405 for what nobody may; nothing is half done."""
    told, ids = scene
    client = api.client_of(people.manager(told.opening.department if whose == "own" else None))
    before = rows()
    for address in STEPS.values():
        response = client.post(f"/api/v1/{address.format(**ids)}", {"outcome": "reached"}, format="json")
        assert (response.status_code, response.json()["code"]) == (403, "not_permitted")
    assert rows() == before


def test_nobody_writes_beside_the_steps(scene: Scene) -> None:
    """405 even for the lead, as {code, message}."""
    _told, ids = scene
    client = api.client_of(people.lead())
    before = rows()
    for name, address in READS.items():
        for method in ("post", "put", "patch", "delete"):
            response = getattr(client, method)(f"/api/v1/{address.format(**ids)}", {}, format="json")
            assert (response.status_code, set(response.json())) == (405, {"code", "message"}), (method, name)
    assert rows() == before


def test_a_session_may_read_and_needs_the_forms_token_to_write(scene: Scene) -> None:
    """Another site's form cannot claim in a colleague's name."""
    _told, ids = scene
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(people.recruiter())
    assert client.get(f"/api/v1/follow-ups/{ids['follow_up']}/").status_code == 200
    before = rows()
    response = client.post(f"/api/v1/{STEPS['follow-ups/{id}/claim/'].format(**ids)}")
    assert (response.status_code, set(response.json())) == (403, {"code", "message"})
    assert rows() == before


def test_no_answer_holds_a_candidates_phone_or_mail(scene: Scene) -> None:
    """Not for a manager, who has no reason to call; HR has the admin for that."""
    told, ids = scene
    person = told.application.candidate
    bodies = b"".join(
        api.client_of(people.manager(told.opening.department)).get(f"/api/v1/{address.format(**ids)}").content
        for address in READS.values()
    ).decode(errors="replace")
    assert person.name in bodies
    assert person.phone not in bodies
    assert person.email not in bodies


def test_a_step_on_anothers_record_changes_only_that(scene: Scene) -> None:
    """The good case beside the refusals: HR claims and closes, and only follow-up, exit, contact and chain move."""
    _told, ids = scene
    client: Any = api.client_of(people.recruiter())
    before = rows()
    of_the_follow_up = [address for name, address in STEPS.items() if name.startswith("follow-ups/")]
    for address in of_the_follow_up:
        response = client.post(
            f"/api/v1/{address.format(**ids)}", {"outcome": "reached", "cause": "device"}, format="json"
        )
        assert response.status_code == 200
    changed = {table for table, digest in rows().items() if before[table] != digest}
    assert {"recruitment_followup", "recruitment_contactattempt", "recruitment_interviewexit"} <= changed
    assert recruitment.Interview._meta.db_table not in changed
