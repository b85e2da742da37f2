"""Every end of an application can be taken back, and what hung on it comes back to what the state requires."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from core.errors import Refused
from core.events.models import Event
from people.actors import Party
from recruitment.models import Application, Assessment, FollowUp, Interview, RoomLink
from recruitment.services import applications, interviews, links, scheduling
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]

ENDS = {
    ("applied", "reject"), ("screening", "withdraw"), ("interviewing", "reject"), ("evaluating", "withdraw"),
    ("second_round", "reject"), ("offer", "reject"), ("offer", "fall_through"), ("hired", "fall_through"),
    ("offer", "hire"),
}  # fmt: skip


def take(application: Application, step: str, reason: str = "原因") -> Application:
    hr = people.recruiter()
    return applications.take_step(application_id=application.pk, step=step, by=hr, reason=reason)


@pytest.mark.parametrize(("stage", "step"), sorted(ENDS))
def test_an_end_is_taken_back_to_where_it_stood(stage: str, step: str) -> None:
    application = make.application(stage=stage)
    ended = take(application, step)
    assert (ended.stood_at, ended.end_reason, ended.promised_by) == (stage, "原因", None)

    take(application, "reopen", "点错了")

    back = Application.objects.get(pk=application.pk)
    assert (back.stage, back.stood_at, back.end_reason) == (stage, "", "")
    assert (back.promised_by is None) == (stage in ("offer", "hired"))
    last = Event.objects.filter(subject_type="recruitment.application").latest("id")
    facts = {"stage": stage, "was": ended.stage, "reason": "点错了"}
    assert (last.kind, last.facts) == ("application_reopened", facts)


def test_a_hire_that_fell_through_can_be_taken_back_step_by_step() -> None:
    application = make.application(stage="offer")
    stages = [take(application, step).stage for step in ("hire", "fall_through", "reopen", "reopen")]
    assert stages == ["hired", "fell_through", "hired", "offer"]


@pytest.mark.parametrize(
    ("end", "shown", "stage"),
    [
        ("rejected", [], "screening"), ("withdrawn", ["interrupted"], "interviewing"),
        ("rejected", ["completed"], "evaluating"), ("fell_through", ["completed"], "offer"),
    ],
)  # fmt: skip
def test_an_end_from_before_is_taken_back_to_where_its_interviews_stand(
    end: str, shown: list[str], stage: str
) -> None:
    application = make.application(stage=end)
    for state in shown:
        make.interview(application, state=state)
    assert take(application, "reopen").stage == stage


@pytest.mark.parametrize("target", ["hired", "second_round"])
def test_the_database_refuses_a_way_back_that_nobody_came(target: str) -> None:
    application = make.application(stage="rejected" if target == "hired" else "fell_through")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recruitment_application SET stage = %s WHERE id = %s", [target, application.pk]
        )


def test_what_the_end_had_cancelled_stands_again_and_nothing_else() -> None:
    application = make.application(stage="interviewing")
    rows = {
        name: make.interview(application, state=name if name != "called_off" else "cancelled", round=number)
        for number, name in enumerate(("completed", "interrupted", "scheduled", "called_off"), start=1)
    }
    link = links.mint(interview_id=rows["interrupted"].pk, by=Party.SYSTEM)
    take(application, "reject")
    states = {name: Interview.objects.get(pk=row.pk).state for name, row in rows.items()}
    assert states == {
        "completed": "completed", "interrupted": "cancelled", "scheduled": "cancelled", "called_off": "cancelled",
    }  # fmt: skip

    RoomLink.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    take(application, "reopen")

    back = {name: Interview.objects.get(pk=row.pk) for name, row in rows.items()}
    assert {name: row.state for name, row in back.items()} == {
        "completed": "completed", "interrupted": "interrupted", "scheduled": "scheduled", "called_off": "cancelled",
    }  # fmt: skip
    until = back["interrupted"].resume_until
    assert until is not None
    assert abs(
        until - timezone.now() - timedelta(hours=back["interrupted"].version.resume_hours)
    ) < timedelta(minutes=1)
    assert links.find(link).expires_at > until
    assert interviews.enter(interview_id=back["interrupted"].pk, by=Party.CANDIDATE).state == "in_progress"


def test_an_interview_whose_time_is_over_waits_for_a_new_one() -> None:
    application = make.application(stage="screening")
    row = make.interview(application)
    take(application, "reject")
    now = timezone.now()
    Interview.objects.filter(pk=row.pk).update(
        window_opens_at=now - timedelta(days=2), window_closes_at=now - timedelta(days=1)
    )

    take(application, "reopen")

    assert Interview.objects.get(pk=row.pk).state == "cancelled"
    scheduling.reschedule(
        interview_id=row.pk, opens_at=now, closes_at=now + timedelta(days=1), by=people.recruiter()
    )
    row = Interview.objects.get(pk=row.pk)
    assert (row.state, row.stood_at) == ("scheduled", "")


def test_whoever_was_half_way_is_called_again_and_the_estimates_are_back() -> None:
    row = make.interview(make.application(stage="interviewing"), state="in_progress")
    make.written_test(row.application)
    interviews.interrupt(interview_id=row.pk, cause="network", evidence={}, by=Party.SYSTEM)
    application = row.application
    take(application, "reject")
    assert list(FollowUp.objects.values_list("state", "outcome")) == [("closed", "cancelled")]
    before = set(Assessment.objects.filter(status="current").values_list("basis", flat=True))

    take(application, "reopen")

    calls = FollowUp.objects.order_by("pk").values_list("state", "outcome")
    assert list(calls) == [("closed", "cancelled"), ("open", "")]
    reports = Assessment.objects.order_by("pk").values_list("basis", "status")
    assert (before, list(reports)) == (set(), [("fallback", "withdrawn"), ("fallback", "current")])


def test_a_candidate_who_withdrew_in_the_room_can_go_on() -> None:
    row = make.interview(make.application(stage="interviewing"))
    entered = interviews.enter(interview_id=row.pk, by=Party.CANDIDATE)
    interviews.leave(
        interview_id=row.pk, epoch=entered.epoch, choice="withdraw", cause="", note="", by=Party.CANDIDATE
    )
    assert Application.objects.get(pk=row.application_id).stage == "withdrawn"

    take(row.application, "reopen", "候选人反悔了")

    row = Interview.objects.get(pk=row.pk)
    assert (row.state, Application.objects.get(pk=row.application_id).stage) == (
        "interrupted",
        "interviewing",
    )


@pytest.mark.parametrize("end", ["rejected", "withdrawn", "fell_through"])
def test_whose_application_was_called_off_may_apply_again(end: str) -> None:
    first = make.application(stage=end)
    again = {"candidate_id": first.candidate_id, "opening_id": first.opening_id}

    second = applications.apply(**again, by=people.recruiter())

    assert (second.stage, Application.objects.get(pk=first.pk).stage) == ("applied", end)
    with pytest.raises(Refused) as twice:
        applications.apply(**again, by=people.recruiter())
    with pytest.raises(Refused) as back:
        take(first, "reopen")
    assert (twice.value.code, back.value.code) == ("already_applied", "applied_again")
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(**again)
    take(second, "reject")
    assert take(first, "reopen").stage not in ("rejected", "withdrawn", "fell_through")


def test_a_start_that_has_passed_is_not_planned_again() -> None:
    application = make.application(stage="screening", planned_start=timezone.localdate() + timedelta(days=3))
    take(application, "reject")
    Application.objects.filter(pk=application.pk).update(
        planned_start=timezone.localdate() - timedelta(days=1)
    )
    assert take(application, "reopen").planned_start is None
