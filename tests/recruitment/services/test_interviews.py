"""The steps as people take them: what is written, what is announced, and what a refusal leaves untouched."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone, translation
from django_fsm import TransitionNotAllowed

from core.errors import DomainError, Forbidden, Invalid, Refused
from core.events.models import Event
from people.actors import Party
from recruitment.admin import timeline
from recruitment.models import (
    Consent,
    Interview,
    InterviewExit,
)  # fmt: skip
from recruitment.services import answers, interviews, scheduling
from reports import weekly
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.services.steps_taken import SHANGHAI, kinds, refused, snapshot

pytestmark = pytest.mark.django_db


@time_machine.travel(datetime(2026, 11, 25, 10, tzinfo=SHANGHAI), tick=False)
def test_schedule_writes_interview_lease_and_event() -> None:
    application, hr = make.application(), people.recruiter()
    opens = datetime(2026, 11, 26, 9, tzinfo=SHANGHAI)

    interview = scheduling.schedule(
        application_id=application.pk, opens_at=opens, closes_at=opens + timedelta(hours=8), by=hr
    )

    assert (interview.state, interview.attempt, interview.lease.epoch, interview.lease.live) == (
        "scheduled",
        1,
        0,
        False,
    )
    assert interview.expected_result.isoformat() == "2026-11-27"
    assert kinds(interview) == ["interview_scheduled"]


@pytest.mark.usefixtures("unknown_2027")
@pytest.mark.parametrize(
    ("opens", "closes", "code"),
    [
        ("2026-12-01T10:00", "2026-12-01T10:00", "window_without_length"),
        ("2020-01-01T10:00", "2020-01-02T10:00", "window_in_the_past"),
        ("2026-12-01T10:00", "2027-06-01T10:00", "window_too_long"),
        ("2027-02-01T10:00", "2027-02-02T10:00", "calendar_year_missing"),
    ],
)
def test_schedule_refuses_impossible_windows(opens: str, closes: str, code: str) -> None:
    application = make.application()
    window = {
        "opens_at": datetime.fromisoformat(opens).replace(tzinfo=SHANGHAI),
        "closes_at": datetime.fromisoformat(closes).replace(tzinfo=SHANGHAI),
    }

    with pytest.raises(Invalid) as raised:
        scheduling.schedule(application_id=application.pk, by=people.recruiter(), **window)

    assert raised.value.code == code
    assert not Interview.objects.exists() and not Event.objects.exists()


def test_only_hr_schedules() -> None:
    application, now = make.application(), timezone.now()
    with pytest.raises(Forbidden):
        scheduling.schedule(
            application_id=application.pk,
            opens_at=now,
            closes_at=now + timedelta(days=1),
            by=people.manager(),
        )
    assert not Interview.objects.exists()


def test_enter_starts_and_every_entry_is_a_new_epoch() -> None:
    interview = make.interview()

    first = interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE, consents=["ai_evaluation"])
    second = interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)

    interview = Interview.objects.select_related("lease", "application").get(pk=interview.pk)
    assert [(e.epoch, e.state) for e in (first, second)] == [(1, "in_progress"), (2, "in_progress")]
    assert (interview.lease.live, interview.application.stage) == (True, "interviewing")
    assert kinds(interview) == ["interview_started"], "a take-over is no new start"
    assert set(Consent.objects.values_list("kind", "given")) == {
        ("ai_evaluation", True),
        ("recording", False),
    }


def test_enter_refuses_unknown_consent_early_late_and_ended() -> None:
    now = timezone.now()
    early = make.interview(window_opens_at=now + timedelta(hours=1))
    late = make.interview(window_opens_at=now - timedelta(days=2), window_closes_at=now - timedelta(days=1))
    gone = make.interview(state="interrupted", resume_until=now - timedelta(minutes=1))
    left_often = make.interview(state="interrupted", announced_exits=6)
    ended = make.interview(state="completed")

    def enter(interview: Interview, **arguments: Any) -> Any:
        return lambda: interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE, **arguments)

    refused(early, enter(early), Refused, "window_not_open")
    refused(late, enter(late), Refused, "window_over")
    refused(gone, enter(gone), Refused, "resume_over")
    refused(left_often, enter(left_often), Refused, "no_returns_left")
    refused(ended, enter(ended), Refused, "ended")
    refused(early, enter(early, consents=["face"]), Invalid, "consent_unknown")


def test_silent_exits_do_not_use_up_returns() -> None:
    interview = make.interview()
    for _time in range(7):
        interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
        interviews.interrupt(interview_id=interview.pk, cause=None, evidence={}, by=Party.SYSTEM)

    assert interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE).state == "in_progress"
    assert Interview.objects.get(pk=interview.pk).announced_exits == 0


def test_leave_records_the_announced_exit_and_the_way_back() -> None:
    interview = make.interview(state="in_progress")
    make.saved_stage(interview, 1)

    interviews.leave(
        interview_id=interview.pk,
        epoch=1,
        choice="leave",
        cause="time_conflict",
        note="会议提前了",
        by=Party.CANDIDATE,
    )

    interview = Interview.objects.get(pk=interview.pk)
    exit_ = InterviewExit.objects.get()
    assert (interview.state, interview.announced_exits, interview.lease.live) == ("interrupted", 1, False)
    assert timedelta(hours=71, minutes=59) < interview.resume_until - timezone.now() <= timedelta(hours=72)
    assert (exit_.cause, exit_.is_announced, exit_.note, exit_.evidence["saved_stages"]) == (
        "time_conflict", True, "会议提前了", 1,
    )  # fmt: skip
    assert kinds(interview) == ["interview_interrupted"]


def test_leaving_what_already_counts_as_interrupted_adds_the_cause() -> None:
    interview = make.interview(state="interrupted")

    interviews.leave(
        interview_id=interview.pk, epoch=1, choice="leave", cause="device", note="没电了", by=Party.CANDIDATE
    )

    assert list(InterviewExit.objects.values_list("cause", "note")) == [("device", "没电了")]
    assert kinds(interview) == []


def test_leaving_without_a_word_keeps_what_was_noticed() -> None:
    interview = make.interview(state="interrupted")
    InterviewExit.objects.update(cause="network", note="信号断了")

    interviews.leave(
        interview_id=interview.pk, epoch=1, choice="leave", cause="", note="", by=Party.CANDIDATE
    )

    assert list(InterviewExit.objects.values_list("cause", "note")) == [("network", "信号断了")]


def test_giving_up_announces_both_steps_after_both_are_done() -> None:
    interview = make.interview(state="in_progress")

    interviews.leave(
        interview_id=interview.pk, epoch=1, choice="give_up", cause="", note="", by=Party.CANDIDATE
    )

    assert Interview.objects.get(pk=interview.pk).state == "abandoned"
    assert kinds(interview) == ["interview_interrupted", "interview_abandoned"]
    assert InterviewExit.objects.get().cause == "unwilling"


def test_withdrawing_cancels_the_interview_and_ends_the_application() -> None:
    interview = make.interview(of=make.application(stage="interviewing"), state="in_progress")

    interviews.leave(
        interview_id=interview.pk, epoch=1, choice="withdraw", cause="", note="", by=Party.CANDIDATE
    )

    interview = Interview.objects.select_related("application").get(pk=interview.pk)
    assert (interview.state, interview.application.stage, interview.lease.live) == (
        "cancelled",
        "withdrawn",
        False,
    )
    assert kinds(interview) == ["interview_cancelled"]
    assert Event.objects.get(kind="interview_cancelled").facts == {
        "attempt": 1, "withdrawn": True, "cause": "unwilling", "note": "",
    }  # fmt: skip


@pytest.mark.parametrize("state", ["in_progress", "interrupted"])
def test_who_withdraws_half_way_is_heard_and_counts_as_no_exit(state: str) -> None:
    interview = make.interview(of=make.application(stage="interviewing"), state=state)
    other = make.interview(of=interview.application, round=2)
    today = timezone.localdate()
    before = weekly.week(today, user=None)

    interviews.leave(
        interview_id=interview.pk, epoch=1, choice="withdraw", cause="time_conflict", note="另有安排",
        by=Party.CANDIDATE,
    )  # fmt: skip

    said = Event.objects.filter(kind="interview_cancelled").order_by("id").values_list("subject_id", "facts")
    assert {subject: facts.get("note") for subject, facts in said} == {
        interview.pk: "另有安排",
        other.pk: None,
    }
    with translation.override("en"):
        lines = [moment.text for moment in timeline.of(interview)]
    assert "Cancelled: the candidate withdrew (Time conflict). “另有安排”" in lines
    week = weekly.week(today, user=None)
    assert (week.interrupted, week.cancelled - before.cancelled) == (before.interrupted, 2)
    assert week.exits == before.exits


def test_a_withdrawal_that_the_application_refuses_changes_nothing() -> None:
    interview = make.interview(of=make.application(stage="hired"), state="in_progress")
    before = snapshot(interview)
    with pytest.raises(TransitionNotAllowed):
        interviews.leave(
            interview_id=interview.pk, epoch=1, choice="withdraw", cause="", note="", by=Party.CANDIDATE
        )
    assert snapshot(interview) == before


@pytest.mark.parametrize(
    ("arguments", "error", "code"),
    [
        ({"choice": "vanish"}, Invalid, "choice_unknown"),
        ({"cause": "our_outage"}, Invalid, "cause_unknown"),
        ({"epoch": 7}, Refused, "stale_epoch"),
    ],
)
def test_leave_refuses(arguments: dict[str, Any], error: type[DomainError], code: str) -> None:
    interview = make.interview(state="in_progress")
    given = {"epoch": 1, "choice": "leave", "cause": "network", "note": "", **arguments}
    refused(
        interview,
        lambda: interviews.leave(interview_id=interview.pk, by=Party.CANDIDATE, **given),
        error,
        code,
    )


def test_the_last_stage_completes_also_while_interrupted() -> None:
    interview = make.interview(state="interrupted")
    for number in (1, 2, 3):
        for question in interview.version.stages.get(number=number).questions.all():
            answers.save_text(
                interview_id=interview.pk, question_id=question.pk, epoch=1, revision=1, text="我负责。"
            )
        saved = answers.finish_stage(interview_id=interview.pk, stage_number=number, epoch=1)

    interview = Interview.objects.get(pk=interview.pk)
    assert (saved.state, interview.state, interview.resume_until) == ("completed", "completed", None)
    assert kinds(interview) == ["stage_saved", "stage_saved", "stage_saved", "interview_completed"]
    assert InterviewExit.objects.get().returned_at is not None
