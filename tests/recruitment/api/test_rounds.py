"""`rounds/`: shape, whose rounds and whose cards are read, filters, query counts."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import User
from recruitment.models import Round, Scorecard
from recruitment.rounds.services import cards
from tests.factories import api, people
from tests.factories.rounds import noon, planned
from tests.recruitment.rounds.test_cards import card_of, content, held

pytestmark = pytest.mark.django_db


def listed(person: User, query: str = "") -> list[dict[str, Any]]:
    answer = api.client_of(person).get(f"/api/v1/rounds/{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def one(person: User, row: Round) -> dict[str, Any]:
    answer = api.client_of(person).get(f"/api/v1/rounds/{row.pk}/")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def handed_in(card: Scorecard, notes: str) -> None:
    card.refresh_from_db()
    cards.hand_in(**content(card, 4, notes), by=card.interviewer)


def test_a_round_as_the_api_shows_it() -> None:
    boss = people.manager(name="何芳")
    row = planned(boss, meeting_link="https://meet.example.com/1")
    application = row.interview.application
    [body] = listed(boss)
    assert body == {
        "id": row.pk,
        "interview": row.interview_id,
        "application": application.pk,
        "candidate": {"id": application.candidate_id, "name": application.candidate.name},
        "opening": {"id": application.opening_id, "title": application.opening.title},
        "state": "scheduled",
        "number": row.interview.round,
        "window": {"opens_at": body["window"]["opens_at"], "closes_at": body["window"]["closes_at"]},
        "room": "301",
        "meeting_link": "https://meet.example.com/1",
        "interviewers": [{"id": boss.pk, "name": str(boss), "handed_in_at": None}],
        "outcome": None,
        "updated_at": body["updated_at"],
    }
    assert {name: value for name, value in one(boss, row).items() if name != "cards"} == body


def test_nobody_reads_anothers_card_before_the_own_is_in() -> None:
    first, second, lead = people.manager(), people.manager(), people.lead()
    row = held(first, second)
    handed_in(card_of(row, first), "第一张")
    cards.save(**content(card_of(row, second), 2, "草稿"), by=second)
    seen = {
        name: (one(person, row)["outcome"], [card["notes"] for card in one(person, row)["cards"]])
        for name, person in {"first": first, "second": second, "lead": lead}.items()
    }
    assert seen == {"first": ("open", ["第一张"]), "second": (None, ["草稿"]), "lead": ("open", ["第一张"])}
    handed_in(card_of(row, second), "第二张")
    assert [card["notes"] for card in one(second, row)["cards"]] == ["第一张", "第二张"]
    assert one(second, row)["outcome"] == "open"
    assert {score["value"] for card in one(second, row)["cards"] for score in card["scores"]} == {4}
    # HR that does not recruit reads that it was held, and no card.
    assert one(people.trainer(), row)["cards"] == []


def test_whose_rounds_are_read() -> None:
    boss, other = people.manager(), people.manager()
    row = planned(boss)
    assert [found["id"] for found in listed(people.trainer())] == [row.pk]
    assert listed(other) == []
    assert api.client_of(other).get(f"/api/v1/rounds/{row.pk}/").status_code == 404
    assert api.client_of(boss).post("/api/v1/rounds/", {}).status_code == 405
    # Whoever is replaced sees it no more.
    row.cards.update(is_called=False, is_booked=False)
    assert listed(boss) == []


def test_filters_and_what_is_refused() -> None:
    lead, boss = people.lead(), people.manager()
    row, other = planned(boss), planned(boss, at=noon(3))
    assert [found["id"] for found in listed(lead)] == [other.pk, row.pk]
    assert [found["id"] for found in listed(lead, f"?interview={row.interview_id}")] == [row.pk]
    assert len(listed(lead, "?outcome=open")) == 2
    assert listed(lead, "?outcome=passed") == []
    client = api.client_of(lead)
    assert [client.get(f"/api/v1/rounds/{q}").status_code for q in ("?outcome=x", "?room=301")] == [422, 422]


def test_three_rounds_cost_as_many_queries_as_one() -> None:
    lead, boss = people.lead(), people.manager()
    client, counts = api.client_of(lead), []
    for days in ((2,), (3, 4)):
        for day in days:
            planned(boss, people.manager(), at=noon(day))
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/api/v1/rounds/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
