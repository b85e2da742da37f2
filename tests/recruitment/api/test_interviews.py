"""`interviews/` and `assessments/`: the contract's shapes, the effective state, query counts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events.models import Pulse
from recruitment.models import Assessment, AssessmentScore, Interview, Lease
from recruitment.models.interviews import ROOM_PULSE
from tests.factories import api, people, recruitment
from tests.reports import rows

pytestmark = pytest.mark.django_db
EVIDENCE = [{"source": "written_test", "label": "Excel", "competency": 1, "value": "55.00", "weight": "0.60",
             "reference": {"written_test": 1}}]  # fmt: skip


def partial(of: Interview) -> Assessment:
    """A partial report: one competency known, one not."""
    report = Assessment.objects.create(
        interview=of, attempt=1, basis="partial", value=Decimal("62.5"), low=40, high=90, method="test/1"
    )
    known = {"value": Decimal("62.5"), "low": 54, "high": 70, "evidence": EVIDENCE}
    AssessmentScore.objects.create(assessment=report, competency=recruitment.competency(), **known)
    AssessmentScore.objects.create(assessment=report, competency=recruitment.competency("teamwork"))
    return report


def lapsed() -> Interview:
    """In progress by its row, gone by its lease; nobody has swept yet."""
    row = recruitment.interview(state="in_progress")
    now = datetime.now(UTC)
    Pulse.objects.update_or_create(name=ROOM_PULSE, defaults={"at": now})
    Lease.objects.filter(pk=row.pk).update(expires_at=now - timedelta(seconds=1), is_leaving=True)
    return row


def test_an_interview_as_the_api_shows_it() -> None:
    """Exactly the contract's keys; numbers as numbers; what is not known is null."""
    row = recruitment.interview(state="interrupted")
    report = partial(row)
    body = api.client_of(people.recruiter()).get(f"/api/v1/interviews/{row.pk}/").json()
    times = [body.pop(name) for name in ("resume_until", "interrupted_at", "created_at", "updated_at")]
    assert all(time.endswith("+08:00") for time in (*times, *body["window"].values()))
    assert [datetime.fromisoformat(time) for time in body.pop("window").values()] == [
        row.window_opens_at,
        row.window_closes_at,
    ]
    assert body == {
        "id": row.pk,
        "state": "interrupted",
        "attempt": 1,
        "plan_version": 1,
        "round": 1,
        "kind": "room",
        "candidate": {"id": row.application.candidate_id, "name": "张三"},
        "opening": {"id": row.application.opening_id, "title": row.application.opening.title},
        "saved_stages": 0,
        "exit_cause": "network",
        "application": row.application_id,
        "assessments": [
            {
                "id": report.pk,
                "basis": "partial",
                "status": "current",
                "overall": {"value": 62.5, "low": 40.0, "high": 90.0},
                "competencies": [
                    {"value": None, "low": None, "high": None, "name": "团队协作", "evidence": []},
                    {
                        "value": 62.5, "low": 54.0, "high": 70.0, "name": "专业技能",
                        "evidence": [{**EVIDENCE[0], "value": 55.0, "weight": 0.6}],
                    },
                ],
            }
        ],
    }  # fmt: skip
    english = (
        api.client_of(people.recruiter())
        .get(f"/api/v1/interviews/{row.pk}/", HTTP_ACCEPT_LANGUAGE="en")
        .json()
    )
    assert [score["name"] for score in english["assessments"][0]["competencies"]] == ["Teamwork", "Expertise"]


def test_an_assessment_as_the_api_shows_it() -> None:
    """The same report by itself, with what it belongs to."""
    report = partial(recruitment.interview(state="interrupted"))
    client: Any = api.client_of(people.recruiter())
    of_interview = client.get(f"/api/v1/interviews/{report.interview_id}/").json()["assessments"][0]
    body = client.get(f"/api/v1/assessments/{report.pk}/").json()
    assert body == {
        **of_interview,
        "interview": report.interview_id,
        "attempt": 1,
        "method": "test/1",
        "issued_at": body["issued_at"],
        "updated_at": body["updated_at"],
    }


def test_the_cause_is_of_the_open_exit_as_hr_knows_it() -> None:
    """Corrected before noticed; nothing once the candidate is back or has a new attempt."""
    client: Any = api.client_of(people.recruiter())
    row = recruitment.interview(state="interrupted")

    def cause() -> str | None:
        return client.get(f"/api/v1/interviews/{row.pk}/").json()["exit_cause"]

    row.exits.update(corrected_cause="device")
    assert cause() == "device"
    row.exits.update(returned_at=timezone.now())
    assert cause() is None
    row.exits.update(returned_at=None, attempt=2)
    assert cause() is None


def test_a_lapsed_lease_reads_and_filters_as_interrupted() -> None:
    """Before the sweep; the cause is what the last sign of life says, and a GET writes nothing."""
    row, alive = lapsed(), recruitment.interview(state="in_progress")
    client: Any = api.client_of(people.recruiter())
    body = client.get(f"/api/v1/interviews/{row.pk}/").json()
    assert (body["state"], body["exit_cause"], body["resume_until"]) == ("interrupted", "page_closed", None)
    for state, expected in (("interrupted", [row.pk]), ("in_progress", [alive.pk])):
        found = client.get(f"/api/v1/interviews/?state={state}").json()["results"]
        assert [one["id"] for one in found] == expected
        found = client.get(f"/api/v1/applications/?interview_state={state}").json()["results"]
        assert [one["interviews"] for one in found] == [expected]
    row.refresh_from_db()
    assert (row.state, row.exits.count()) == ("in_progress", 0)


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("interviews/?application={application}", 1),
        ("interviews/?opening={opening}", 1),
        ("interviews/?kind=people", 0),
        ("interviews/?ordering=-resume_until", 2),
        ("assessments/?interview={interview}", 1),
        ("assessments/?application={application}", 1),
        ("assessments/?opening={opening}", 1),
        ("assessments/?basis=full", 0),
        ("assessments/?status=current", 2),
        ("assessments/?ordering=-issued_at", 2),
    ],
)
def test_filters(address: str, count: int) -> None:
    """Each narrows the list."""
    row, _other = (partial(recruitment.interview(state="interrupted")).interview for _number in range(2))
    address = address.format(
        application=row.application_id, opening=row.application.opening_id, interview=row.pk
    )
    assert api.client_of(people.lead()).get(f"/api/v1/{address}").json()["count"] == count


@pytest.mark.parametrize(
    "address",
    [
        "interviews/?state=lapsed", "interviews/?application=x", "interviews/?opening=" + "9" * 30,
        "interviews/?ordering=state", "assessments/?basis=guess", "assessments/?ordering=value",
        "assessments/?interview=%00", "assessments/?status=%F0",
    ],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_422(address: str) -> None:
    """Nothing is ranked by score; unreadable bytes are no filter."""
    response = api.client_of(people.lead()).get(f"/api/v1/{address}")
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("name", ["openings", "interviews", "assessments", "follow-ups", "applications"])
@pytest.mark.parametrize("pk", ["999999", "x", "%00", "9" * 30, "-1", "1.5", "%E4%B8%80"])
def test_what_is_not_there_is_404(name: str, pk: str) -> None:
    """Also for an id that can be none."""
    response = api.client_of(people.lead()).get(f"/api/v1/{name}/{pk}/")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(("name", "queries"), [("interviews", 8), ("assessments", 5)])
def test_the_number_of_queries_does_not_grow(name: str, queries: int) -> None:
    """One row or three."""
    client: Any = api.client_of(people.lead())
    counts = set()
    for _round in range(3):
        partial(recruitment.interview(state="interrupted"))
        rows.full(recruitment.interview(state="completed"), 90)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/api/v1/{name}/").status_code == 200
        counts.add(len(captured))
    assert counts == {queries}
