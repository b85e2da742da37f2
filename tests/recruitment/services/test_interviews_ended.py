"""Interviews that end, are missed, or are given a new window."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from core.errors import Forbidden, Invalid, Refused
from people.actors import Party
from recruitment.models import (
    Answer,
    Checkpoint,
    ContactAttempt,
    Interview,
    InterviewExit,
    Lease,
)  # fmt: skip
from recruitment.services import deadlines, endings, interviews, leases, links, scheduling
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.services.steps_taken import kinds, refused, snapshot

pytestmark = pytest.mark.django_db


def test_abandon_waits_until_somebody_tried_to_reach_the_candidate() -> None:
    interview = make.interview(state="interrupted", resume_until=timezone.now() - timedelta(hours=1))
    follow_up = make.follow_up(interview)

    assert not endings.abandon_ended(interview_id=interview.pk)
    assert Interview.objects.get(pk=interview.pk).state == "interrupted"

    follow_up.contact_attempts.create(
        attempt=1, by=make.specialist_of(interview), channel="phone", reached=False
    )
    assert endings.abandon_ended(interview_id=interview.pk)
    assert Interview.objects.get(pk=interview.pk).state == "abandoned"
    assert kinds(interview) == ["interview_abandoned"]


def test_only_contacts_since_this_exit_let_an_interview_be_abandoned() -> None:
    now = timezone.now()
    interview = make.interview(
        state="interrupted",
        interrupted_at=now - timedelta(hours=80),
        resume_until=now - timedelta(hours=8),
    )
    specialist = make.specialist_of(interview)
    follow_up = make.follow_up(interview)

    def contact(hours_ago: float, attempt: int = 1) -> None:
        row = follow_up.contact_attempts.create(
            attempt=attempt, by=specialist, channel="phone", reached=False
        )
        ContactAttempt.objects.filter(pk=row.pk).update(at=now - timedelta(hours=hours_ago))

    contact(100)
    contact(10, attempt=2)
    assert not endings.abandon_ended(interview_id=interview.pk)
    assert deadlines.end_windows() == 0
    assert (Interview.objects.get(pk=interview.pk).state, kinds(interview)) == ("interrupted", [])

    contact(79)
    assert deadlines.end_windows() == 1
    assert Interview.objects.get(pk=interview.pk).state == "abandoned"


@pytest.mark.parametrize("kind", ["vendor", "people"])
def test_a_silence_elsewhere_tells_no_cause_only_when_the_last_word_came(kind: str) -> None:
    interview = make.interview(state="in_progress", kind=kind)
    heard = timezone.now() - timedelta(hours=3)
    Lease.objects.filter(pk=interview.pk).update(expires_at=heard + timedelta(hours=2), last_seen_at=heard)

    assert leases.interrupt_lapsed() == 1

    exit_ = InterviewExit.objects.get()
    assert (exit_.cause, exit_.is_announced, exit_.left_at) == ("unknown", False, heard)
    assert exit_.evidence["last_sign_of_life"] == heard.isoformat()


def test_our_outage_is_named_also_of_an_interview_elsewhere() -> None:
    lease = make.interview(state="in_progress", kind="vendor").lease
    lease.in_outage = True
    assert lease.silent_cause == "our_outage"
    assert make.interview(state="in_progress").lease.silent_cause == "network"


def test_miss_only_after_the_window() -> None:
    now = timezone.now()
    open_, over = (
        make.interview(),
        make.interview(window_opens_at=now - timedelta(days=2), window_closes_at=now - timedelta(days=1)),
    )

    assert [endings.miss(interview_id=row.pk) for row in (open_, over, over)] == [False, True, False]
    assert [Interview.objects.get(pk=row.pk).state for row in (open_, over)] == ["scheduled", "missed"]


def test_what_nobody_told_us_is_not_called_missed() -> None:
    now = timezone.now()

    def ended(kind: str, hours: float) -> Interview:
        closed = now - timedelta(hours=hours)
        return make.interview(kind=kind, window_opens_at=closed - timedelta(hours=3), window_closes_at=closed)

    rows = [ended("people", 50), ended("vendor", 1.9), ended("vendor", 2.1), ended("room", 0.1)]

    assert deadlines.end_windows() == 2
    assert [endings.miss(interview_id=row.pk) for row in rows] == [False] * 4
    assert [Interview.objects.get(pk=row.pk).state for row in rows] == [
        "scheduled", "scheduled", "missed", "missed",
    ]  # fmt: skip


def test_reschedule_begins_a_new_attempt_and_brings_the_saved_stages_along() -> None:
    interview = make.interview(state="interrupted", announced_exits=3)
    checkpoint = make.saved_stage(interview, 1)
    token = links.mint(interview_id=interview.pk, by=Party.SYSTEM)
    opens = timezone.now() + timedelta(days=1)

    scheduling.reschedule(
        interview_id=interview.pk, opens_at=opens, closes_at=opens + timedelta(days=1), by=people.recruiter()
    )

    interview = Interview.objects.get(pk=interview.pk)
    assert (interview.state, interview.attempt, interview.announced_exits) == ("scheduled", 2, 0)
    assert (interview.lease.epoch, interview.lease.live) == (2, False)
    assert list(Checkpoint.objects.order_by("attempt").values_list("attempt", "stage", "kept_from_attempt")) == [
        (1, checkpoint.stage_id, None), (2, checkpoint.stage_id, 1),
    ]  # fmt: skip
    assert sorted(Answer.objects.values_list("attempt", flat=True)) == [1, 2]
    assert links.find(token).expires_at > opens + timedelta(days=1)


def test_reschedule_may_drop_what_was_saved_and_keeps_the_attempt_of_what_never_began() -> None:
    begun, fresh = make.interview(state="abandoned"), make.interview()
    make.saved_stage(begun, 1)
    opens = timezone.now() + timedelta(days=1)
    for row in (begun, fresh):
        scheduling.reschedule(
            interview_id=row.pk, opens_at=opens, closes_at=opens + timedelta(days=1), by=people.recruiter(),
            keep_checkpoints=False,
        )  # fmt: skip

    assert [Interview.objects.get(pk=row.pk).attempt for row in (begun, fresh)] == [2, 1]
    assert not Checkpoint.objects.filter(attempt=2).exists()


def test_an_interview_of_an_ended_application_gets_no_new_window() -> None:
    hr = people.recruiter()
    opens = timezone.now() + timedelta(days=1)
    for stage in ("withdrawn", "rejected", "hired"):
        interview = make.interview(make.application(stage=stage), state="cancelled")
        refused(
            interview,
            lambda row=interview: scheduling.reschedule(
                interview_id=row.pk, opens_at=opens, closes_at=opens + timedelta(days=1), by=hr
            ),
            Refused,
            "application_ended",
        )


def test_a_candidate_reschedules_twice_within_14_days() -> None:
    interview = make.interview()

    def move(days: int) -> Any:
        opens = timezone.now() + timedelta(days=days)
        return lambda: scheduling.reschedule(
            interview_id=interview.pk,
            opens_at=opens,
            closes_at=opens + timedelta(hours=4),
            by=Party.CANDIDATE,
        )

    refused(interview, move(20), Forbidden, "reschedule_too_far")
    move(1)()
    move(2)()
    refused(interview, move(3), Forbidden, "reschedules_used_up")


def test_completed_is_terminal() -> None:
    interview, hr = make.interview(state="completed"), people.recruiter()
    opens = timezone.now() + timedelta(days=1)

    before = snapshot(interview)
    for call in (
        lambda: endings.cancel(interview_id=interview.pk, by=hr),
        lambda: scheduling.reschedule(
            interview_id=interview.pk, opens_at=opens, closes_at=opens + timedelta(days=1), by=hr
        ),
    ):
        with pytest.raises(TransitionNotAllowed):
            call()
    with pytest.raises(Refused):
        interviews.interrupt(interview_id=interview.pk, cause=None, evidence={}, by=Party.SYSTEM)
    assert not endings.miss(interview_id=interview.pk)
    assert snapshot(interview) == before


def test_a_corrected_cause_stands_beside_the_noticed_one() -> None:
    interview, hr = make.interview(state="interrupted"), people.recruiter()
    exit_ = interview.exits.get()

    interviews.correct_cause(exit_id=exit_.pk, cause="device", by=hr)

    exit_.refresh_from_db()
    assert (exit_.cause, exit_.corrected_cause, exit_.effective_cause, exit_.corrected_by) == (
        "network", "device", "device", hr,
    )  # fmt: skip
    refused(
        interview,
        lambda: interviews.correct_cause(exit_id=exit_.pk, cause="aliens", by=hr),
        Invalid,
        "cause_unknown",
    )
