"""The room's API as a candidate's page uses it: state, enter, answers, stages, leaving, returning."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.events.models import Pulse
from recruitment.models import Answer, Checkpoint, Consent, FollowUp, Interview, InterviewExit, Lease
from recruitment.services import leases
from tests.factories import people
from tests.recruitment.room.conftest import Browser, everything, question_ids


def lapse(interview: Interview) -> None:
    """The lease ran out, and we could hear all the time."""
    now = timezone.now()
    Lease.objects.filter(interview=interview).update(expires_at=now - timedelta(seconds=5))
    Pulse.objects.update_or_create(name="pump", defaults={"at": now})


def test_who_is_named_has_an_open_account(interview: Interview, browser_of: Any) -> None:
    specialist = interview.application.opening.specialist
    specialist.is_active = False
    specialist.save()
    people.recruiter(name="何接手", phone="021-5555-0199")

    browser = browser_of(interview)

    assert browser.send("GET", "state").json()["specialist"] == {"name": "何接手"}
    page = browser.client.get("/room/").content.decode()
    assert "021 5555 0199" in page and "021 5555 0101" not in page


def test_state_lists_every_stage_and_the_questions_of_open_ones(
    interview: Interview, browser_of: Any
) -> None:
    browser = browser_of(interview)
    assert browser.send("GET", "state").json() == {
        "state": "scheduled",
        "epoch": 0,
        "attempt": 1,
        "lease_seconds": 30,
        "resume_until": None,
        "specialist": {"name": "李静"},
        "media": {
            "allowed": ["video", "audio", "text"],
            "retake": True,
            "max_bytes": 150_000_000,
            "keep_days": 180,
            "left_bytes": 300_000_000,
        },
        "consents": [],
        "contact": None,
        "stages": [
            {"number": 1, "title": "自我介绍", "saved_at": None, "questions": []},
            {"number": 2, "title": "专业问题", "saved_at": None, "questions": []},
            {"number": 3, "title": "情景模拟", "saved_at": None, "questions": []},
        ],
    }
    browser.enter()
    first, second = question_ids(interview, 1)
    browser.save(second, "因为喜欢", 3)
    state = browser.send("GET", "state").json()
    assert (state["state"], state["epoch"]) == ("in_progress", 1)
    assert state["stages"][0]["questions"] == [
        {
            "id": first,
            "text": "请用一分钟介绍您自己。",
            "kind": "text",
            "prepare_seconds": None,
            "answer_seconds": None,
            "voice": None,
            "may_probe": False,
            "answer": None,
        },
        {
            "id": second,
            "text": "您为什么想加入我们？",
            "kind": "text",
            "prepare_seconds": None,
            "answer_seconds": None,
            "voice": None,
            "may_probe": False,
            "answer": {
                "revision": 3,
                "text": "因为喜欢",
                "finished_at": None,
                "media": None,
                "segments": [],
                "probe": None,
            },
        },
    ]
    assert [stage["questions"] for stage in state["stages"][1:]] == [[], []]


def test_reading_the_state_writes_nothing_even_when_the_lease_has_run_out(candidate: Browser) -> None:
    lapse(candidate.interview)
    before = everything(candidate.interview)
    assert candidate.send("GET", "state").json()["state"] == "interrupted"
    assert everything(candidate.interview) == before


def test_the_state_takes_few_queries(candidate: Browser, django_assert_max_num_queries: Any) -> None:
    candidate.finish_stage(1)
    with django_assert_max_num_queries(5):
        candidate.send("GET", "state")


def test_a_whole_interview(candidate: Browser) -> None:
    states = [candidate.finish_stage(number).json()["state"] for number in (1, 2, 3)]
    assert states == ["in_progress", "in_progress", "completed"]
    assert Interview.objects.get().state == "completed"
    assert Checkpoint.objects.count() == 3
    assert Answer.objects.filter(finished_at=None).count() == 0
    assert not Lease.objects.get().live
    for answer in (
        candidate.send("POST", "enter"),
        candidate.send("POST", "heartbeat", {"epoch": candidate.epoch}),
        candidate.save(question_ids(candidate.interview, 3)[0], "改", 9),
        candidate.send("POST", "exit", {"epoch": candidate.epoch, "choice": "leave"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "ended")
    assert candidate.send("GET", "state").json()["state"] == "completed"


def test_consents_are_kept_with_what_was_not_given(interview: Interview, browser_of: Any) -> None:
    browser_of(interview).enter(consents=["ai_evaluation", "ai_evaluation"], device={"platform": "iPhone"})
    assert set(Consent.objects.values_list("kind", "given")) == {
        ("ai_evaluation", True),
        ("recording", False),
    }


def test_entering_again_takes_over_and_the_older_page_is_stale(candidate: Browser) -> None:
    other = Browser(candidate.interview).open().enter()
    assert other.epoch == candidate.epoch + 1
    question = question_ids(candidate.interview, 1)[0]
    before = everything(candidate.interview)
    for answer in (
        candidate.send("POST", "heartbeat", {"epoch": candidate.epoch}),
        candidate.save(question),
        candidate.send("POST", f"answers/{question}/finish", {"epoch": candidate.epoch}),
        candidate.send("POST", "stages/1/finish", {"epoch": candidate.epoch}),
        candidate.send("POST", "exit", {"epoch": candidate.epoch, "choice": "leave"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "stale_epoch")
    assert (
        candidate.send("POST", "beacon", {"epoch": candidate.epoch, "event": "pagehide"}).status_code == 204
    )
    assert everything(candidate.interview) == before
    assert other.save(question).status_code == 200


def test_the_epoch_may_come_in_a_header(candidate: Browser) -> None:
    question = question_ids(candidate.interview, 1)[0]
    body = {"revision": 1, "text": "好"}
    answer = candidate.send("PUT", f"answers/{question}/text", body, **{"X-Epoch": str(candidate.epoch)})
    assert answer.status_code == 200
    answer = candidate.send("PUT", f"answers/{question}/text", body, **{"X-Epoch": "one"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_text_is_saved_by_revision(candidate: Browser) -> None:
    question = question_ids(candidate.interview, 1)[0]
    assert candidate.save(question, "一", 1).status_code == 200
    assert candidate.save(question, "一", 1).status_code == 200
    assert candidate.save(question, "一二", 5).json()["revision"] == 5
    for revision, text in ((5, "别的"), (4, "一")):
        answer = candidate.save(question, text, revision)
        assert answer.status_code == 409
        assert {key: answer.json()[key] for key in ("code", "revision", "text")} == {
            "code": "revision_conflict",
            "revision": 5,
            "text": "一二",
        }
    assert Answer.objects.values_list("revision", "text").get() == (5, "一二")


def test_a_stage_with_an_unanswered_question_is_not_saved(candidate: Browser) -> None:
    first, second = question_ids(candidate.interview, 1)
    candidate.save(first)
    before = everything(candidate.interview)
    answer = candidate.send("POST", "stages/1/finish", {"epoch": candidate.epoch})
    assert (answer.status_code, answer.json()["questions"]) == (422, [second])
    assert everything(candidate.interview) == before
    assert candidate.send("POST", f"answers/{second}/finish", {"epoch": candidate.epoch}).status_code == 422


def test_a_later_stage_is_not_open_before_its_turn(candidate: Browser) -> None:
    before = everything(candidate.interview)
    later = question_ids(candidate.interview, 2)[0]
    for answer in (
        candidate.save(later),
        candidate.send("POST", "stages/2/finish", {"epoch": candidate.epoch}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "stage_not_open")
    assert everything(candidate.interview) == before


def test_finishing_again_is_harmless(candidate: Browser) -> None:
    first = candidate.finish_stage(1).json()
    again = candidate.send("POST", "stages/1/finish", {"epoch": candidate.epoch})
    assert (again.status_code, again.json()) == (200, first)
    assert Checkpoint.objects.count() == 1


def test_the_heartbeat_extends_the_lease_with_one_query(
    candidate: Browser, django_assert_num_queries: Any
) -> None:
    candidate.send("POST", "heartbeat", {"epoch": candidate.epoch})
    before = Lease.objects.get().expires_at
    with django_assert_num_queries(1):
        answer = candidate.send("POST", "heartbeat", {"epoch": candidate.epoch, "visible": False})
    assert (answer.status_code, answer.content) == (204, b"")
    lease = Lease.objects.get()
    assert lease.expires_at > before
    assert not lease.visible


def test_after_a_silence_the_heartbeat_says_interrupted_and_entering_goes_on(candidate: Browser) -> None:
    lapse(candidate.interview)
    leases.interrupt_lapsed()
    answer = candidate.send("POST", "heartbeat", {"epoch": candidate.epoch})
    assert (answer.status_code, answer.json()["code"]) == (409, "interrupted")
    # Bytes are not presence: what was under way is still taken, and it does not bring the candidate back.
    assert candidate.save(question_ids(candidate.interview, 1)[0]).status_code == 200
    assert Interview.objects.get().state == "interrupted"
    candidate.enter()
    assert Interview.objects.get().state == "in_progress"
    assert InterviewExit.objects.get().returned_at is not None
    assert set(Consent.objects.filter(given=True).values_list("kind", flat=True)) == {"ai_evaluation"}


def test_leaving_is_announced_and_the_way_back_stays_open(candidate: Browser) -> None:
    candidate.finish_stage(1)
    answer = candidate.send(
        "POST",
        "exit",
        {"epoch": candidate.epoch, "choice": "leave", "cause": "time_conflict", "note": " 要开会 "},
    )
    assert answer.status_code == 200
    state = candidate.send("GET", "state").json()
    assert answer.json() == {"state": "interrupted", "resume_until": state["resume_until"]}
    exit_ = InterviewExit.objects.get()
    assert (exit_.cause, exit_.is_announced, exit_.note) == ("time_conflict", True, "要开会")
    other = Browser(candidate.interview).open().enter()
    stages = other.send("GET", "state").json()["stages"]
    assert [bool(stage["saved_at"]) for stage in stages] == [True, False, False]
    assert [other.finish_stage(number).status_code for number in (2, 3)] == [200, 200]


@pytest.mark.parametrize(
    ("choice", "state", "stage"),
    [("give_up", "abandoned", "interviewing"), ("withdraw", "cancelled", "withdrawn")],
)
def test_leaving_for_good(candidate: Browser, choice: str, state: str, stage: str) -> None:
    assert candidate.send("POST", "exit", {"epoch": candidate.epoch, "choice": choice}).status_code == 200
    interview = Interview.objects.get()
    assert (interview.state, interview.application.stage) == (state, stage)
    assert candidate.send("POST", "enter").json()["code"] == "ended"


def test_beacons_are_always_answered_204(candidate: Browser) -> None:
    for body in (
        {"epoch": candidate.epoch, "event": "hidden"},
        {"epoch": candidate.epoch, "event": "sleeping"},
        {"epoch": "one", "event": "hidden"},
        b"not json",
        b"[1]",
        b"\xff\xfe",
        b"x" * 5000,
        b"[" * 4000,
    ):
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = candidate.client.generic("POST", "/room/api/beacon", written, content_type="text/plain")
        assert answer.status_code == 204
    assert not Lease.objects.get().visible
    assert Client().post("/room/api/beacon", b"{}", content_type="text/plain").status_code == 204


def test_a_closed_page_has_ten_seconds(candidate: Browser) -> None:
    candidate.send("POST", "beacon", {"epoch": candidate.epoch, "event": "pagehide"})
    lease = Lease.objects.get()
    assert lease.expires_at - timezone.now() < timedelta(seconds=11)
    candidate.send("POST", "heartbeat", {"epoch": candidate.epoch})
    assert Lease.objects.get().expires_at - timezone.now() > timedelta(seconds=25)


def test_asking_for_contact_opens_one_follow_up_and_does_not_leave(candidate: Browser) -> None:
    for note in ("想改到明天", "想改到明天", "请打电话"):
        assert candidate.send("POST", "contact", {"note": note}).status_code == 200
    follow_up = FollowUp.objects.get()
    assert (follow_up.kind, follow_up.note) == ("asked", "想改到明天\n请打电话")
    assert Interview.objects.get().state == "in_progress"
    answer = candidate.send("POST", "contact", {"note": "  "})
    assert (answer.status_code, answer.json()["code"]) == (422, "note_empty")


@pytest.mark.parametrize(("days", "code"), [(-1, "window_not_open"), (4, "window_over")])
def test_outside_its_window_an_interview_does_not_start(
    interview: Interview, browser_of: Any, days: int, code: str
) -> None:
    browser = browser_of(interview)
    before = everything(interview)
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        answer = browser.send("POST", "enter", {"consents": []})
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert everything(interview) == before


def test_after_the_time_to_return_nobody_enters(candidate: Browser) -> None:
    candidate.send("POST", "exit", {"epoch": candidate.epoch, "choice": "leave"})
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        answer = candidate.send("POST", "enter")
    assert (answer.status_code, answer.json()["code"]) == (409, "resume_over")


def test_before_entering_nothing_is_accepted(interview: Interview, browser_of: Any) -> None:
    browser = browser_of(interview)
    before = everything(interview)
    question = question_ids(interview, 1)[0]
    for answer in (browser.save(question), browser.send("POST", "stages/1/finish", {"epoch": 0})):
        assert (answer.status_code, answer.json()["code"]) == (409, "not_started")
    assert everything(interview) == before
