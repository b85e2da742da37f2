"""A promised call: who is told while its clock runs, and what is true to say once somebody tried or got through."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from core.events.models import Event
from messaging.models import Message
from people.actors import Party
from recruitment.enums import Outcome
from recruitment.models import FollowUp, Interview
from recruitment.services import follow_ups, interviews, overdue
from tests.factories import notifications as make
from tests.factories import people, recruitment
from tests.factories.notifications import Row, told

pytestmark = pytest.mark.django_db
SHANGHAI = timezone.get_default_timezone()
LEFT = datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)


def late(interview: Interview) -> list[Row]:
    """What was said because the call is late."""
    return [row for row in told(interview) if row[1].startswith("follow_up_")]


def left() -> tuple[Interview, FollowUp]:
    interview = make.house()
    recruitment.opening(title="另一个岗位")
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
    )
    return interview, interview.follow_ups.get()


def call(follow_up: FollowUp, *, hours: float, reached: bool) -> None:
    with time_machine.travel(LEFT + timedelta(hours=hours), tick=False):
        follow_ups.record_contact(
            follow_up_id=follow_up.pk, by=follow_up.assignee, channel="phone", reached=reached
        )


def watched(*, hours: float) -> int:
    with time_machine.travel(LEFT + timedelta(hours=hours), tick=False):
        return overdue.watch()


@time_machine.travel(LEFT, tick=False)
def test_who_was_reached_is_not_told_that_nobody_called() -> None:
    interview, follow_up = left()
    call(follow_up, hours=2, reached=True)
    call(follow_up, hours=5, reached=False)

    assert [watched(hours=21), watched(hours=25), watched(hours=26)] == [0, 1, 0]

    assert late(interview) == [("lead", "follow_up_late", "planned")]
    follow_up.refresh_from_db()
    assert (follow_up.colleague_asked_at, follow_up.lead_told_at) == (None, LEFT + timedelta(hours=25))
    assert list(Event.objects.filter(kind="follow_up_late").values_list("facts__level", flat=True)) == [
        "lead"
    ]
    message = Message.objects.get(kind="follow_up_late")
    assert message.subject.startswith("已与候选人通话，但跟进任务还没有关闭：")
    assert f"{follow_up.assignee}已在11月24日（周二）12:00联系上" in message.body
    assert "请安排今天联系" not in message.body


@time_machine.travel(LEFT, tick=False)
def test_reached_between_the_two_levels_calls_the_colleague_off() -> None:
    interview, follow_up = left()
    assert watched(hours=21) == 1
    call(follow_up, hours=22, reached=True)

    assert watched(hours=25) == 1

    assert late(interview) == [
        ("lead", "follow_up_late", "planned"),
        ("specialist", "follow_up_colleague", "cancelled"),
    ]


@time_machine.travel(LEFT, tick=False)
def test_who_was_tried_in_vain_hears_that_we_tried() -> None:
    interview, follow_up = left()
    call(follow_up, hours=2, reached=False)

    assert [watched(hours=21), watched(hours=25)] == [1, 1]

    assert late(interview) == [
        ("candidate", "follow_up_late", "planned"),
        ("lead", "follow_up_late", "planned"),
        ("specialist", "follow_up_colleague", "cancelled"),
    ]
    words = {row.audience: row for row in Message.objects.filter(kind__startswith="follow_up_")}
    assert words["candidate"].subject.startswith("我们试着联系过您")
    assert "11月24日（周二）12:00我们试着联系过您" in words["candidate"].body
    assert "没有做到" not in words["candidate"].body
    assert f"{follow_up.assignee}，11月24日（周二）12:00，没有联系上" in words["lead"].body
    assert f"{follow_up.assignee}在11月24日（周二）12:00试着联系过" in words["specialist"].body


@time_machine.travel(LEFT, tick=False)
def test_whom_nobody_tried_to_reach_is_told_so() -> None:
    interview, _follow_up = left()

    assert [watched(hours=21), watched(hours=25)] == [1, 1]

    body = Message.objects.get(audience="candidate", kind="follow_up_late").body
    assert "但没有做到，非常抱歉" in body
    assert "试着" not in body
    assert late(interview)[0] == ("candidate", "follow_up_late", "planned")


@time_machine.travel(LEFT, tick=False)
def test_a_call_before_the_exit_or_about_another_interview_does_not_count() -> None:
    _other, elsewhere = left()
    call(elsewhere, hours=2, reached=True)
    interview = make.house()
    asked = follow_ups.ask(interview_id=interview.pk, note="能改期吗？")
    call(asked, hours=0, reached=True)
    follow_ups.close(follow_up_id=asked.pk, outcome=Outcome.REACHED, by=asked.assignee)
    with time_machine.travel(LEFT + timedelta(hours=1), tick=False):
        interviews.interrupt(
            interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
        )

    watched(hours=26)

    assert late(interview) == [
        ("candidate", "follow_up_late", "planned"),
        ("lead", "follow_up_late", "planned"),
        ("lead", "follow_up_late", "planned"),
    ]


@time_machine.travel(LEFT, tick=False)
def test_the_follow_up_goes_to_somebody_whose_account_is_open() -> None:
    colleague = people.recruiter()
    interview = make.house()
    specialist = interview.application.opening.specialist
    specialist.is_active = False
    specialist.save()

    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
    )
    asked = follow_ups.ask(interview_id=interview.pk, note="能改期吗？")

    assert set(interview.follow_ups.values_list("kind", "assignee")) == {
        ("exit", colleague.pk),
        ("asked", colleague.pk),
    }
    assert asked.assignee == colleague
    to = Message.objects.filter(kind__in=("follow_up", "asked")).values_list("kind", "user")
    assert set(to) == {("follow_up", colleague.pk), ("asked", colleague.pk)}


@time_machine.travel(LEFT, tick=False)
def test_without_any_recruiter_a_lead_has_it_and_without_anybody_the_specialist_keeps_it() -> None:
    interview = make.house()
    specialist = interview.application.opening.specialist
    lead = people.lead()
    for person in (specialist, *type(specialist).objects.exclude(pk=lead.pk)):
        person.is_active = False
        person.save()
    assert follow_ups.ask(interview_id=interview.pk, note="能改期吗？").assignee == lead

    interview.follow_ups.all().delete()
    lead.is_active = False
    lead.save()
    assert follow_ups.ask(interview_id=interview.pk, note="能改期吗？").assignee == specialist
