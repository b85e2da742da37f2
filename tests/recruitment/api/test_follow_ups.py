"""`follow-ups/`: shape, filters; claim and close are HR's."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recruitment.models import FollowUp
from tests.factories import api, people, recruitment

pytestmark = pytest.mark.django_db


def follow_up(**fields: Any) -> FollowUp:
    """An open follow-up of an interrupted interview."""
    return recruitment.follow_up(recruitment.interview(state="interrupted"), **fields)


def test_a_follow_up_as_the_api_shows_it() -> None:
    """`outcome` is null while it is open; `overdue` is derived."""
    row = follow_up(due_at=timezone.now() - timedelta(minutes=1))
    body = api.client_of(row.assignee).get(f"/api/v1/follow-ups/{row.pk}/").json()
    assert body.pop("due_at").endswith("+08:00")
    assert body == {
        "id": row.pk, "kind": "exit", "state": "open", "outcome": None, "overdue": True, "interview": row.interview_id,
        "assignee": row.assignee_id, "assignee_name": "李招聘",
        "updated_at": body["updated_at"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"late", "closed", "asked"}),
        ("state=open", {"late", "asked"}),
        ("state=closed", {"closed"}),
        ("overdue=true", {"late"}),
        ("overdue=false", {"closed", "asked"}),
        ("kind=asked", {"asked"}),
        ("outcome=reached", {"closed"}),
        ("interview={interview}", {"late"}),
        ("assignee={assignee}", {"late"}),
        ("interview=999999", set()),
    ],
)
def test_filters(query: str, found: set[str]) -> None:
    """A closed one is never overdue, however long ago it was due."""
    past = timezone.now() - timedelta(hours=1)
    late = follow_up(note="late", due_at=past)
    follow_up(note="closed", due_at=past, state="closed", outcome="reached")
    follow_up(note="asked", kind="asked")
    query = query.format(interview=late.interview_id, assignee=late.assignee_id)
    body = api.client_of(people.lead()).get(f"/api/v1/follow-ups/?{query}").json()
    notes = dict(FollowUp.objects.values_list("pk", "note"))
    assert {notes[row["id"]] for row in body["results"]} == found


@pytest.mark.parametrize(
    "query", ["overdue=perhaps", "state=x", "interview=1e400", "assignee=%00", "ordering=note"]
)
def test_a_filter_that_makes_no_sense_is_422(query: str) -> None:
    """Never a full list in its place."""
    response = api.client_of(people.lead()).get(f"/api/v1/follow-ups/?{query}")
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


def test_claim() -> None:
    """It is the claimer's; again is harmless; a colleague comes too late."""
    row, colleague = follow_up(), people.recruiter(name="同事")
    address = f"/api/v1/follow-ups/{row.pk}/claim/"
    first = api.client_of(colleague).post(address)
    assert (first.status_code, first.json()["state"], first.json()["assignee"]) == (
        200,
        "claimed",
        colleague.pk,
    )
    assert api.client_of(colleague).post(address).status_code == 200
    late = api.client_of(people.recruiter()).post(address)
    assert (late.status_code, late.json()["code"]) == (409, "already_claimed")


def test_close_with_outcome_note_and_cause() -> None:
    """The outcome, the words, and the cause beside the one that was noticed."""
    row = follow_up()
    client: Any = api.client_of(people.recruiter())
    address = f"/api/v1/follow-ups/{row.pk}/close/"
    body = {"outcome": "reached", "note": "手机没电了", "cause": "device"}
    response = client.post(address, body, format="json")
    assert (response.status_code, response.json()["state"], response.json()["outcome"]) == (
        200,
        "closed",
        "reached",
    )
    row = FollowUp.objects.select_related("exit").get()
    assert (row.note, row.exit.cause, row.exit.corrected_cause, row.contact_attempts.count()) == (
        "手机没电了", "network", "device", 1,
    )  # fmt: skip
    again = client.post(address, body, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "follow_up_closed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": "returned"},  # only the system sees that
        {"outcome": "nonsense"},
        {"outcome": "reached", "cause": "aliens"},
        {"outcome": "reached", "note": "x" * 501},
        {"outcome": "reached", "note": "a\x00b"},
        {"outcome": None},
        {"outcome": ["reached"]},
        [],
        "reached",
    ],
)
def test_a_close_that_makes_no_sense_is_422_and_nothing_is_half_done(body: Any) -> None:
    """Neither closed, nor a contact noted, nor a cause corrected."""
    row = follow_up()
    response = api.client_of(people.recruiter()).post(
        f"/api/v1/follow-ups/{row.pk}/close/", body, format="json"
    )
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    row = FollowUp.objects.select_related("exit").get()
    assert (row.state, row.outcome, row.contact_attempts.count(), row.exit.corrected_cause) == (
        "open",
        "",
        0,
        "",
    )


@pytest.mark.parametrize("name", ["claim", "close"])
@pytest.mark.parametrize("pk", ["999999", "x", "%00", "9" * 30, "-1", "0"])
def test_what_is_not_there_is_404(name: str, pk: str) -> None:
    """Also for an id that can be none."""
    response = api.client_of(people.recruiter()).post(
        f"/api/v1/follow-ups/{pk}/{name}/", {"outcome": "reached"}, format="json"
    )
    assert response.status_code == 404
    assert set(response.json()) == {"code", "message"}


def test_half_a_character_is_refused() -> None:
    """JSON can write a lone surrogate; no database can keep it."""
    row = follow_up()
    response = api.client_of(people.recruiter()).post(
        f"/api/v1/follow-ups/{row.pk}/close/",
        r'{"outcome": "reached", "note": "\ud800"}',
        content_type="application/json",
    )
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


def test_malformed_json_is_a_clear_error() -> None:
    """400, in the API's shape."""
    response = api.client_of(people.recruiter()).post(
        f"/api/v1/follow-ups/{follow_up().pk}/close/", "{", content_type="application/json"
    )
    assert (response.status_code, set(response.json())) == (400, {"code", "message"})


def test_the_number_of_queries_does_not_grow() -> None:
    """One row or three: key, count, page, and that they were read."""
    client: Any = api.client_of(people.lead())
    counts = set()
    for _round in range(3):
        follow_up()
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/v1/follow-ups/").status_code == 200
        counts.add(len(queries))
    assert counts == {4}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[" * 100_000, (400, "parse_error")),
        ('{"outcome": ' * 50_000, (400, "parse_error")),
        ('{"outcome": NaN}', (400, "parse_error")),
        ("1" * 10_000, (400, "parse_error")),
        ('{"outcome": "\\ud800"}', (422, "invalid")),
        ('{"\\udfff": 1}', (422, "invalid")),
    ],
    ids=["deep list", "deep object", "no number", "long number", "half a character", "half a name"],
)
def test_json_that_cannot_be_read_or_kept_is_a_clear_error(body: str, said: tuple[int, str]) -> None:
    row = follow_up()
    answer = api.client_of(row.assignee).post(
        f"/api/v1/follow-ups/{row.pk}/close/", body, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == said
    row.refresh_from_db()
    assert row.state == "open"
