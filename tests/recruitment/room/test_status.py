"""How it stands, said by the link's page, the room and the API alike."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from recruitment.enums import ApplicationStage, InterviewKind, InterviewState
from recruitment.models import Interview
from recruitment.room.situations import WORDS
from recruitment.room.status import Live, situation_of
from tests.factories import people, recruitment
from tests.recruitment.room.conftest import Browser, everything

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)

# In every situation.
OWN_DATA = ("request_data", "request_erasure")


def live(**changes: Any) -> Live:
    known: dict[str, Any] = {
        "state": "scheduled",
        "stage": "interviewing",
        "opens_at": NOW - HOUR,
        "closes_at": NOW + HOUR,
        "now": NOW,
    }
    return Live(**{**known, **changes})


@pytest.mark.parametrize(
    ("changes", "situation"),
    [
        ({}, "invited"),
        ({"is_rescheduled": True}, "rescheduled"),
        ({"is_rescheduled": True, "opens_at": NOW + HOUR}, "rescheduled_ahead"),
        ({"opens_at": NOW + HOUR}, "not_open"),
        ({"opens_at": NOW}, "invited"),
        ({"closes_at": NOW}, "window_over"),
        ({"state": "in_progress"}, "in_progress"),
        ({"state": "in_progress", "kind": "vendor"}, "held_elsewhere"),
        ({"state": "interrupted", "resume_until": NOW + HOUR}, "interrupted"),
        ({"state": "interrupted", "resume_until": NOW}, "return_over"),
        ({"state": "interrupted", "resume_until": NOW + HOUR, "announced_exits": 5}, "interrupted"),
        ({"state": "interrupted", "resume_until": NOW + HOUR, "announced_exits": 6}, "no_returns_left"),
        ({"state": "abandoned", "was_given_up": True}, "given_up"),
        ({"state": "abandoned"}, "not_returned"),
        ({"state": "missed"}, "missed"),
        ({"state": "cancelled"}, "cancelled"),
        ({"state": "completed", "stage": "evaluating"}, "completed"),
        ({"state": "completed", "stage": "evaluating", "is_reported": True}, "report_there"),
        ({"state": "completed", "stage": "second_round"}, "second_round"),
        ({"state": "completed", "stage": "offer"}, "offer"),
        ({"state": "completed", "stage": "hired"}, "hired"),
        ({"state": "interrupted", "stage": "rejected"}, "rejected"),
        ({"state": "cancelled", "stage": "withdrawn"}, "withdrawn"),
        ({"state": "abandoned", "stage": "withdrawn", "is_held_back": True, "is_cut_off": True}, "withdrawn"),
        ({"state": "completed", "stage": "fell_through"}, "fell_through"),
        ({"state": "cancelled", "is_cut_off": True}, "window_over"),
        # Before its word has gone out an end is not to be read from the page either.
        (
            {"state": "completed", "stage": "rejected", "stood_at": "evaluating", "is_held_back": True},
            "completed",
        ),
        (
            {"state": "completed", "stage": "rejected", "stood_at": "second_round", "is_held_back": True},
            "second_round",
        ),
        ({"state": "cancelled", "stage": "rejected", "is_cut_off": True, "is_held_back": True}, "on_hold"),
        ({"state": "completed", "stage": "offer", "is_held_back": True}, "second_round"),
        ({"state": "completed", "stage": "hired", "stood_at": "offer", "is_held_back": True}, "offer"),
        ({"state": "completed", "stage": "evaluating", "is_held_back": True}, "completed"),
        ({"state": "completed", "stage": "offer", "has_offer": True, "is_held_back": True}, "offer_sent"),
        ({"state": "completed", "stage": "hired", "had_offer": True, "is_held_back": True}, "offer_over"),
        (
            {
                "state": "completed",
                "stage": "hired",
                "had_offer": True,
                "has_accepted": True,
                "is_held_back": True,
            },
            "hired",
        ),
        (
            {"state": "completed", "stage": "fell_through", "had_offer": True, "has_accepted": True},
            "fell_through",
        ),
        ({"state": "completed", "stage": "offer", "had_offer": True}, "offer_over"),
        ({"state": "completed", "stage": "rejected", "has_offer": True, "had_offer": True}, "rejected"),
        ({"state": "completed", "stage": "second_round", "has_slots": True}, "slots_offered"),
        ({"state": "missed", "has_slots": True}, "slots_offered"),
        ({"state": "interrupted", "has_slots": True, "resume_until": NOW + HOUR}, "interrupted"),
        ({"state": "completed", "stage": "rejected", "has_slots": True}, "rejected"),
    ],
)
def test_each_live_state_has_one_situation(changes: dict[str, Any], situation: str) -> None:
    assert situation_of(live(**changes)) == situation


def test_every_combination_is_a_situation_with_words_and_every_situation_is_met() -> None:
    met = {
        situation_of(
            live(
                state=state, stage=stage, kind=kind, is_rescheduled=moved, opens_at=opens, closes_at=closes,
                resume_until=until, announced_exits=exits, is_reported=reported, was_given_up=moved,
                is_held_back=held, is_cut_off=held and reported, has_offer=moved, had_offer=moved or reported,
                has_slots=reported and exits > 0,
            )
        )
        for state, stage, kind, moved, (opens, closes), until, exits, reported, held in product(
            InterviewState, ApplicationStage, InterviewKind, (False, True),
            ((NOW - HOUR, NOW + HOUR), (NOW + HOUR, NOW + 2 * HOUR), (NOW - 2 * HOUR, NOW - HOUR)),
            (None, NOW - HOUR, NOW + HOUR), (0, 6), (False, True), (False, True),
        )
    }  # fmt: skip
    assert met == set(WORDS)


def test_not_open_says_from_when_and_offers_no_way_in(interview: Interview) -> None:
    browser = Browser(interview).open()
    opens = timezone.now() + timedelta(days=1)
    Interview.objects.filter(pk=interview.pk).update(window_opens_at=opens)
    before = everything(interview)
    page = browser.client.get(f"/i/{browser.token}")
    assert page.context["status"].situation == "not_open"
    assert timezone.localtime(opens).strftime("%H:%M") in page.content.decode()
    assert "北京时间" in page.content.decode()
    assert page.templates[0].name == "room/situation.html"
    answer = browser.send("POST", "enter", {"consents": []})
    assert (answer.status_code, answer.json()["code"]) == (409, "window_not_open")
    assert everything(interview) == before


@pytest.mark.django_db
@pytest.mark.parametrize("stage", [ApplicationStage.REJECTED, ApplicationStage.OFFER, ApplicationStage.HIRED])
def test_page_and_api_say_the_same_of_an_application(stage: str) -> None:
    row = recruitment.interview(recruitment.application(stage=stage), state=InterviewState.COMPLETED)
    browser = Browser(row).open()
    said = browser.send("GET", "status").json()
    page = browser.client.get(f"/i/{browser.token}").content.decode()
    assert (said["situation"], said["can"], said["kept"]) == (stage, ["contact", *OWN_DATA], [])
    assert said["sentence"] in page
    assert said["specialist"]["email"] in page
    assert "is-saved" not in page


def test_what_is_kept_is_named_only_when_something_is(candidate: Browser) -> None:
    assert candidate.send("GET", "status").json()["kept"] == []
    candidate.finish_stage(1)
    said = candidate.send("GET", "status").json()
    assert (said["situation"], said["kept"]) == ("in_progress", ["自我介绍"])
    assert said["can"] == ["return", "contact", "withdraw", *OWN_DATA]


def test_after_the_time_to_return_nobody_is_offered_to_go_on(candidate: Browser) -> None:
    candidate.send("POST", "exit", {"epoch": candidate.epoch, "choice": "leave", "cause": "", "note": ""})
    row = Interview.objects.filter(pk=candidate.interview.pk)
    said = candidate.send("GET", "status").json()
    assert (said["situation"], said["can"]) == ("interrupted", ["return", "contact", "withdraw", *OWN_DATA])
    until = row.get().resume_until
    assert until is not None
    assert abs(datetime.fromisoformat(said["return_until"]) - until) < timedelta(milliseconds=1)
    row.update(resume_until=timezone.now())
    said = candidate.send("GET", "status").json()
    assert (said["situation"], said["return_until"], said["can"]) == (
        "return_over",
        None,
        ["contact", *OWN_DATA],
    )
    page = candidate.client.get(f"/i/{candidate.token}")
    assert page.templates[0].name == "room/situation.html"


def test_a_dead_link_names_the_lead_and_nothing_of_an_interview(interview: Interview) -> None:
    lead = people.lead(name="周岚", phone="021-5555-0199")
    page = Client().get("/i/cut").content.decode()
    assert lead.name in page
    assert lead.phone in page
    assert "林晓" not in page
    assert "李静" not in page
