"""Reminders and digests, and the hours in which they wait."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from messaging import delivery
from messaging.models import Message
from notifications import tasks
from notifications.services import reminders as service
from people.actors import Party
from recruitment.models import Interview, PersonRequest
from recruitment.privacy.services import asking
from recruitment.services import follow_ups, interviews, overdue
from tests.factories import notifications as make
from tests.factories import people, recruitment

pytestmark = pytest.mark.django_db
SHANGHAI = timezone.get_default_timezone()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def reminders() -> list[tuple[str, datetime, str]]:
    rows = Message.objects.filter(kind="reminder").order_by("id")
    return [(row.idem_key.rsplit(":", 1)[1], row.due_at, row.state) for row in rows]


def test_24_hours_6_hours_and_1_hour_before_the_end_each_once() -> None:
    with time_machine.travel(at(24, 8), tick=False):
        make.house("interrupted", resume_until=at(26, 18))
    for day, hour, expected in ((25, 17, 0), (25, 18, 1), (25, 19, 0), (26, 12, 1), (26, 17, 1), (26, 17, 0)):
        with time_machine.travel(at(day, hour), tick=False):
            assert tasks.send_reminders() == expected
            delivery.deliver_due()

    assert reminders() == [
        ("24h", at(25, 18), "accepted"),
        ("6h", at(26, 12), "accepted"),
        ("1h", at(26, 17), "accepted"),
    ]


def test_at_night_they_wait_and_only_the_latest_is_sent() -> None:
    with time_machine.travel(at(24, 8), tick=False):
        make.house("interrupted", resume_until=at(26, 9, 30))
    for moment in (at(25, 21, 30), at(26, 3, 30), at(26, 8, 30)):
        with time_machine.travel(moment, tick=False):
            tasks.send_reminders()
            assert delivery.deliver_due() == 0

    assert reminders() == [
        ("24h", at(26, 9), "cancelled"),
        ("6h", at(26, 9), "cancelled"),
        ("1h", at(26, 9), "planned"),
    ]


def left_and_closed(outcome: str | None, *, asked: bool = False) -> Interview:
    """Left on the 24th at eight, may return until the 26th at 18; the follow-up closed at once, if at all."""
    with time_machine.travel(at(24, 8), tick=False):
        interview = make.house()
        interviews.interrupt(
            interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
        )
        Interview.objects.filter(pk=interview.pk).update(resume_until=at(26, 18))
        delivery.deliver_due()
        task = interview.follow_ups.get()
        if asked:
            task = follow_ups.ask(interview_id=interview.pk, note="我不想继续了。")
        if outcome:
            follow_ups.close(follow_up_id=task.pk, outcome=outcome, by=task.assignee)
    return interview


@pytest.mark.parametrize(
    ("outcome", "asked", "expected"),
    [
        (None, False, 1),
        ("reached", False, 1),
        ("unreachable", False, 1),
        ("withdrawn", False, 0),
        ("withdrawn", True, 0),
    ],
)
def test_who_withdrew_on_the_phone_is_not_reminded(outcome: str | None, asked: bool, expected: int) -> None:
    left_and_closed(outcome, asked=asked)
    with time_machine.travel(at(25, 18), tick=False):
        assert tasks.send_reminders() == expected
    assert len(reminders()) == expected


def test_a_reminder_that_waits_for_the_morning_is_overtaken_by_the_withdrawal() -> None:
    interview = left_and_closed(None)
    Interview.objects.filter(pk=interview.pk).update(resume_until=at(26, 9, 30))
    with time_machine.travel(at(26, 3, 30), tick=False):
        assert tasks.send_reminders() == 1
        task = interview.follow_ups.get()
        follow_ups.close(follow_up_id=task.pk, outcome="withdrawn", by=task.assignee)
    with time_machine.travel(at(26, 9, 1), tick=False):
        delivery.deliver_due()
    assert reminders() == [("6h", at(26, 9), "cancelled")]


def test_who_came_back_after_all_and_left_again_is_reminded_again() -> None:
    interview = left_and_closed("withdrawn")
    with time_machine.travel(at(24, 9), tick=False):
        interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
        interviews.interrupt(
            interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
        )
    with time_machine.travel(at(26, 10), tick=False):
        assert tasks.send_reminders() == 1


def test_a_reminder_that_the_night_would_hold_too_long_is_not_made() -> None:
    with time_machine.travel(at(24, 8), tick=False):
        make.house("interrupted", resume_until=at(26, 3))
    with time_machine.travel(at(26, 1), tick=False):
        assert tasks.send_reminders() == 0
    assert reminders() == []


def test_exit_messages_are_told_at_night() -> None:
    with time_machine.travel(at(24, 23), tick=False):
        interview = make.house()
        interviews.interrupt(
            interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
        )
        delivery.deliver_due()
        assert {row[2] for row in make.told(interview)} == {"accepted"}


def test_a_return_calls_the_waiting_reminder_off() -> None:
    with time_machine.travel(at(25, 22), tick=False):
        interview = make.house("interrupted", resume_until=at(26, 21))
        tasks.send_reminders()
    with time_machine.travel(at(26, 8), tick=False):
        interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
    with time_machine.travel(at(26, 9, 1), tick=False):
        delivery.deliver_due()
    assert [row[2] for row in reminders()] == ["cancelled"]


def test_an_exit_that_goes_on_is_told_after_all() -> None:
    interview = make.house()
    for _time in range(2):
        interviews.interrupt(
            interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
        )
        delivery.deliver_due()
        if _time == 0:
            interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
            delivery.deliver_due()
    assert tasks.tell_after_all() == 0

    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert [tasks.tell_after_all(), tasks.tell_after_all()] == [3, 0]

    notices = sorted(Message.objects.filter(kind="interrupted").values_list("audience", "state"))
    assert notices == [
        (audience, state)
        for audience in ("candidate", "manager", "specialist")
        for state in ("accepted", "coalesced", "planned")
    ]


def test_the_digest_names_what_waits_for_each() -> None:
    interview = make.house()
    idle = people.recruiter(name="吴没事")
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
    )
    recruitment.interview(state="interrupted")
    assert overdue.watch() == 0

    assert [tasks.send_digests(), tasks.send_digests()] == [3, 0]

    digests = Message.objects.filter(kind="digest").order_by("id")
    assert {(row.audience, row.user.name) for row in digests} == {
        ("specialist", "李招聘"),
        ("lead", "周负责"),
    }
    assert idle.pk not in {row.user_id for row in digests}
    own = digests.get(user=interview.application.opening.specialist).body
    assert "待跟进：1 件" in own
    assert "面试中断、等待返回：1 人" in own
    assert "张三（数据分析师）" in own
    assert "面试中断、等待返回：2 人" in digests.get(audience="lead").body


def test_the_leads_digest_says_which_requests_to_erase_are_owed_an_answer() -> None:
    people.lead(), people.recruiter()
    with time_machine.travel(at(20, 9), tick=False):
        for kind in ("data", "erasure", "erasure"):
            candidate = recruitment.candidate(f"{kind} {PersonRequest.objects.count()}")
            asking.ask(candidate_id=candidate.pk, kind=kind, by=Party.CANDIDATE)
    with time_machine.travel(at(21, 9), tick=False):
        assert tasks.send_digests() == 1
        message = Message.objects.get(kind="digest")
        assert "等待答复的删除个人信息申请：2 件，最早须在2026年12月5日（周六）前答复" in message.body
        for row in PersonRequest.objects.filter(kind="erasure"):
            asking.withdraw(request_id=row.pk, candidate_id=row.candidate_id)
    with time_machine.travel(at(22, 9), tick=False):
        assert tasks.send_digests() == 0


def test_who_has_had_theirs_keeps_nobody_waiting(django_assert_num_queries: Any) -> None:
    with time_machine.travel(at(24, 8), tick=False):
        for hour in (16, 17, 18):
            make.house("interrupted", resume_until=at(26, hour))
    with time_machine.travel(at(25, 19), tick=False):
        assert [service.send_due(limit=1) for _run in range(4)] == [1, 1, 1, 0]
        with django_assert_num_queries(1):
            assert service.send_due() == 0
    assert [state for _hours, _due, state in reminders()] == ["planned"] * 3
    with time_machine.travel(at(26, 13), tick=False):
        assert service.send_due() == 3
        with django_assert_num_queries(1):
            assert service.send_due() == 0
