"""What an application's own steps and evidence move: an end calls off what waits, a test entered later is looked at."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from core.errors import Forbidden
from core.events.models import Event
from messaging.models import Message
from people.actors import Party
from recruitment.models import Application, Assessment, Decision, Interview, WrittenTest
from recruitment.services import (
    applications,
    decisions,
    evidence,
    follow_ups,
    interviews,
    meetings,
    overdue,
    scheduling,
)
from tests.chains.conftest import Story
from tests.chains.test_interview_exit import announce, come_back, finish
from tests.factories import people
from tests.factories import recruitment as make
from training.models import PlanItem


def enter_test(story: Story, skill: str, score: int) -> None:
    application = Application.objects.get(pk=story.interview.application_id)
    with transaction.atomic():
        WrittenTest.objects.update_or_create(
            application=application,
            skill=make.skill(skill),
            defaults={"score": score, "taken_on": date(2026, 11, 20)},
        )
        evidence.announce_changed(application, by=story.hr)


@pytest.mark.parametrize("step", ["reject", "withdraw"])
def test_nobody_is_called_about_an_application_that_ended(story: Story, step: str) -> None:
    interviews.leave(
        interview_id=story.interview.pk, epoch=1, choice="give_up", cause="", note="", by=Party.CANDIDATE
    )
    assert story.rows()["follow_ups"] == [("exit", "open", "")]

    applications.take_step(
        application_id=story.interview.application_id, step=step, by=story.hr, reason="名额已满"
    )

    rows = story.rows()
    assert (rows["interview"], rows["follow_ups"]) == ("abandoned", [("exit", "closed", "cancelled")])
    assert {state for _audience, kind, state in story.messages() if kind == "follow_up"} == {"cancelled"}
    assert rows["unfinished"] == set()
    story.clock.shift(timedelta(hours=30))
    assert overdue.watch() == 0


def test_what_the_candidate_asked_is_answered_even_so(story: Story) -> None:
    follow_ups.ask(interview_id=story.interview.pk, note="面试结果什么时候出？")

    applications.take_step(
        application_id=story.interview.application_id, step="reject", by=story.hr, reason="名额已满"
    )

    assert story.rows()["follow_ups"] == [("asked", "open", "")]


def test_who_claims_a_follow_up_is_not_told_of_it_nor_is_anybody_else(story: Story) -> None:
    interviews.interrupt(interview_id=story.interview.pk, cause="network", evidence={}, by=Party.SYSTEM)
    assert ("specialist", "follow_up", "planned") in story.messages()

    follow_ups.claim(follow_up_id=story.interview.follow_ups.get().pk, by=people.recruiter(name="钱同事"))

    assert {row for row in story.messages() if row[1] == "follow_up"} == {
        ("specialist", "follow_up", "cancelled")
    }


def test_the_colleague_who_was_asked_and_claims_is_help_enough(story: Story) -> None:
    announce(story)
    colleague = people.recruiter(name="钱同事")
    story.clock.shift(timedelta(hours=20))
    assert overdue.watch() == 1
    story.clock.shift(timedelta(minutes=5))

    follow_ups.claim(follow_up_id=story.interview.follow_ups.get().pk, by=colleague)

    asked = Message.objects.filter(kind="follow_up_colleague").values_list("user", "state")
    assert list(asked) == [(colleague.pk, "cancelled")]


def test_a_test_entered_after_the_exit_changes_the_estimate_and_the_plan(story: Story) -> None:
    announce(story)
    before = Assessment.objects.get(basis="fallback", status="current")

    enter_test(story, "presenting", 30)

    after = Assessment.objects.get(basis="fallback", status="current")
    assert (after.pk != before.pk, after.value < before.value) == (True, True)
    assert story.rows()["plan"] == {("office-advanced", "gap"), ("presenting-course", "gap")}
    assert story.rows()["unfinished"] == set()


def test_a_test_entered_after_completion_reaches_the_plan_and_no_full_report(story: Story) -> None:
    finish(story, 1)
    full = Assessment.objects.get(status="current")

    enter_test(story, "excel", 95)

    assert list(Assessment.objects.filter(status="current")) == [full]
    assert not PlanItem.objects.exclude(state="removed").filter(course__code="office-advanced").exists()
    assert Event.objects.filter(kind="training_plan_changed").last().caused_by.kind == "evidence_changed"


def test_evidence_is_hrs_to_enter(story: Story) -> None:
    announce(story)
    come_back(story)
    before = story.rows()
    application = Application.objects.get(pk=story.interview.application_id)

    with pytest.raises(Forbidden):
        evidence.announce_changed(application, by=Party.CANDIDATE)

    assert story.rows() == before
    assert not Event.objects.filter(kind="evidence_changed").exists()


def test_an_invitation_that_was_taken_back_asks_again_and_is_not_sent(story: Story) -> None:
    finish(story, 1)
    assert ("candidate", "second_round", "planned") in story.messages()

    applications.take_step(
        application_id=story.interview.application_id, step="return_to_evaluation", by=story.hr
    )

    rows = story.rows()
    assert (rows["application"], rows["decisions"]) == ("evaluating", {("full", "asked")})
    assert {row for row in story.messages() if row[1] == "second_round"} == {
        ("candidate", "second_round", "cancelled"), ("manager", "second_round", "cancelled"),
    }  # fmt: skip
    assert Event.objects.filter(kind="application_moved").values_list("facts", flat=True).get() == {
        "stage": "evaluating", "was": "second_round",
    }  # fmt: skip

    story.clock.shift(timedelta(hours=1))
    decisions.invite(decision_id=Decision.objects.get().pk, by=story.hr)

    assert story.rows()["application"] == "second_round"
    again = Message.objects.filter(kind="second_round", audience="candidate", state="planned")
    assert again.count() == 1


def test_whoever_decided_against_it_may_think_again(story: Story) -> None:
    announce(story)
    decision = Decision.objects.get(assessment__basis="partial")
    decisions.decline(decision_id=decision.pk, by=story.hr)

    decisions.invite(decision_id=decision.pk, by=story.hr)

    assert story.rows()["invited"] == ["partial"]


def test_what_was_dropped_with_an_attempt_is_no_report_on_the_next(story: Story) -> None:
    announce(story)
    first = Assessment.objects.get(basis="partial", status="current")
    opens = story.clock.shift(timedelta(hours=1)) or Interview.objects.get().interrupted_at
    scheduling.reschedule(
        interview_id=story.interview.pk, opens_at=opens, closes_at=opens + timedelta(days=2), by=story.hr,
        keep_checkpoints=False,
    )  # fmt: skip
    assert first in Assessment.objects.filter(status="current")
    epoch = come_back(story)

    interviews.leave(
        interview_id=story.interview.pk,
        epoch=epoch,
        choice="leave",
        cause="network",
        note="",
        by=Party.CANDIDATE,
    )

    assert set(Assessment.objects.values_list("basis", "attempt", "status")) == {
        ("partial", 1, "withdrawn"), ("fallback", 1, "superseded"), ("fallback", 2, "current"),
    }  # fmt: skip
    rows = story.rows()
    assert (rows["employee"], rows["unfinished"]) == ("fallback", set())


def test_a_start_that_nobody_heard_had_moved_is_not_restored_in_words(story: Story) -> None:
    announce(story)
    Message.objects.filter(state="planned").update(state="accepted", accepted_at=story.interview.started_at)
    epoch = come_back(story)
    Message.objects.filter(state="planned").update(state="accepted", accepted_at=story.interview.started_at)
    story.clock.shift(timedelta(hours=2))
    interviews.interrupt(interview_id=story.interview.pk, cause="network", evidence={}, by=Party.SYSTEM)
    Message.objects.filter(state="planned", audience="candidate", kind="interrupted").update(
        state="accepted", accepted_at=story.interview.started_at
    )
    story.clock.shift(timedelta(minutes=2))

    assert come_back(story) > epoch

    told = Message.objects.filter(kind__in=("start_changed", "start_restored"), state="accepted")
    assert sorted(told.values_list("audience", "kind")) == [
        ("manager", "start_changed"), ("manager", "start_restored"),
        ("onboarding", "start_changed"), ("onboarding", "start_restored"),
    ]  # fmt: skip
    assert not Message.objects.filter(kind="start_restored", state="planned").exists()


def second_round(story: Story, kind: str) -> Interview:
    opens = Interview.objects.get(pk=story.interview.pk).completed_at + timedelta(days=8)
    return scheduling.schedule(
        application_id=story.interview.application_id, opens_at=opens, closes_at=opens + timedelta(hours=8),
        by=story.hr, kind=kind, round=2,
    )  # fmt: skip


def test_who_is_met_after_the_promised_day_is_promised_a_later_one(story: Story) -> None:
    finish(story, 1)
    meeting = second_round(story, "people")
    before = Application.objects.get(pk=story.interview.application_id).promised_by
    story.clock.shift(timedelta(days=8, hours=1))

    meetings.took_place(interview_id=meeting.pk, by=story.hr)

    after = Application.objects.get(pk=story.interview.application_id).promised_by
    assert (before, after) == (date(2026, 11, 26), date(2026, 12, 4))
    told = Message.objects.belonging_to(meeting).get(kind="completed", audience="candidate")
    assert "并在2026年12月4日（周五）之前告诉您下一步安排" in told.body


def test_a_second_interview_in_the_room_is_evaluated_anew(story: Story) -> None:
    finish(story, 1, text="不知道。")
    again = second_round(story, "room")
    story.clock.shift(timedelta(days=8, hours=1))

    interviews.enter(interview_id=again.pk, by=Party.CANDIDATE)

    application = Application.objects.get(pk=story.interview.application_id)
    assert (application.stage, application.promised_by) == ("interviewing", None)


@pytest.mark.parametrize("stage", ["applied", "screening"])
def test_an_interview_that_came_and_went_unnoticed_moves_the_application_on(story: Story, stage: str) -> None:
    application = make.application(story.interview.application.opening, stage=stage)
    meeting = make.interview(
        application, kind="people", state="completed", completed_at=story.interview.started_at
    )

    applications.align(interview_id=meeting.pk)
    applications.align(interview_id=meeting.pk)

    application.refresh_from_db()
    assert (application.stage, application.promised_by) == ("evaluating", date(2026, 11, 26))


def test_screening_is_on_record(story: Story) -> None:
    application = make.application(story.interview.application.opening, stage="applied")

    applications.take_step(application_id=application.pk, step="screen", by=story.hr)

    event = Event.objects.get(subject_type="recruitment.application", subject_id=application.pk)
    assert (event.kind, event.facts) == ("application_moved", {"stage": "screening", "was": "applied"})
    assert {reaction.state for reaction in event.reactions.all()} == {"done"}
