"""`interviews/<id>/chain/`: a bare array, parents first, in the contract's shape."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.events.models import Event, Reaction
from tests.factories import api, people, recruitment
from tests.hrsuite.api import story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


def chain_of(interview_id: int, **headers: Any) -> list[dict[str, Any]]:
    """As a recruiter reads it."""
    response = api.client_of(people.lead()).get(f"/api/v1/interviews/{interview_id}/chain/", **headers)
    assert response.status_code == 200
    body: list[dict[str, Any]] = response.json()
    return body


def test_an_exit_and_all_that_followed() -> None:
    """The whole forest of the interview: every event with every reaction, a cause before what it caused."""
    told = story.left()
    body = chain_of(told.interview.pk)
    events = {event.pk: event for event in Event.objects.filter(origin_type="recruitment.interview")}
    assert {link["id"] for link in body} == set(events)
    seen: set[int] = set()
    for link in body:
        assert set(link) == {"id", "event", "subject", "at", "caused_by", "reactions"}
        assert set(link["subject"]) == {"type", "id", "label"}
        assert link["subject"]["label"]
        assert datetime.fromisoformat(link["at"]).utcoffset() is not None
        assert link["caused_by"] is None or link["caused_by"] in seen
        seen.add(link["id"])
        for reaction in link["reactions"]:
            assert set(reaction) == {"name", "state", "attempts", "done_at", "error", "effects"}
            assert (reaction["state"], reaction["attempts"], reaction["error"]) == ("done", 1, None)
            assert all(
                set(effect) == {"label", "type", "id"} and effect["label"] for effect in reaction["effects"]
            )
    by_event = {link["event"]: link for link in body}
    interrupted = by_event["interview_interrupted"]["id"]
    for follows in ("follow_up_opened", "assessment_issued", "start_forecast_changed"):
        assert by_event[follows]["caused_by"] == interrupted
    names = {reaction["name"] for reaction in by_event["interview_interrupted"]["reactions"]}
    assert {
        "recruitment.align_follow_up", "recruitment.align_assessments", "onboarding.align_delay",
        "notifications.tell_candidate", "notifications.tell_staff",
    } <= names  # fmt: skip
    followed = {reaction["name"] for reaction in by_event["assessment_issued"]["reactions"]}
    assert {
        "recruitment.apply_advance_rule",
        "onboarding.write_employee_score",
        "training.align_plan",
    } <= followed


def test_labels_are_in_the_readers_language_with_codes_in_words() -> None:
    """An effect's sentence says "Fallback", not "fallback"."""
    told = story.left()
    english = chain_of(told.interview.pk, HTTP_ACCEPT_LANGUAGE="en")
    labels = {
        effect["label"]
        for link in english
        for reaction in link["reactions"]
        for effect in reaction["effects"]
    }
    assert {"Follow-up opened", "Assessment issued: Fallback"} <= labels
    assert not any("%(" in label for label in labels)


def test_a_failed_link_shows_its_code_and_is_not_done() -> None:
    """Pending with its tries, and never an exception's text."""
    told = story.left()
    Reaction.objects.filter(name="onboarding.align_delay").update(
        state="failed", attempts=8, error="LockNotAvailable", done_at=None, effects=[]
    )
    link = next(link for link in chain_of(told.interview.pk) if link["event"] == "interview_interrupted")
    assert [reaction for reaction in link["reactions"] if reaction["name"] == "onboarding.align_delay"] == [
        {
            "name": "onboarding.align_delay", "state": "failed", "attempts": 8, "done_at": None,
            "error": "LockNotAvailable", "effects": [],
        }
    ]  # fmt: skip


def test_an_interview_without_events_has_an_empty_chain() -> None:
    """A bare array all the same."""
    assert chain_of(recruitment.interview().pk) == []


def test_a_subject_that_is_gone_and_an_effect_of_older_wording_break_nothing() -> None:
    """The label is empty, the words stand as they were kept."""
    told = story.left()
    told.interview.follow_ups.all().delete()
    Reaction.objects.filter(name="onboarding.align_delay").update(
        effects=[{"label": "Moved by %(weeks)s", "params": {}, "type": "gone.model", "id": 1}]
    )
    body = chain_of(told.interview.pk)
    gone = [link["subject"]["label"] for link in body if link["event"] == "follow_up_opened"]
    assert gone == [""]
    effects = [e for link in body for reaction in link["reactions"] for e in reaction["effects"]]
    assert {"label": "Moved by %(weeks)s", "type": "gone.model", "id": 1} in effects


def test_a_longer_chain_costs_no_more_queries() -> None:
    """Left once or three times: events, reactions, and one query a kind of row."""
    told = story.left()
    client: Any = api.client_of(people.lead())
    counts = []
    for _round in range(3):
        told.come_back()
        told.leave()
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/api/v1/interviews/{told.interview.pk}/chain/")
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]
