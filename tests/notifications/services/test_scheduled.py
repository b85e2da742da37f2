"""A first window is told at once, by the guide itself when it opens within a day."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from core.events import relay
from core.events.models import Reaction
from messaging import delivery
from messaging.models import Message
from notifications import tasks
from recruitment.models import Interview
from recruitment.services import endings, scheduling
from tests.factories import notifications as make
from tests.factories import people, recruitment
from tests.factories.notifications import told

pytestmark = pytest.mark.django_db
SHANGHAI = timezone.get_default_timezone()
NOW = datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def booked(*, hours: int, kind: str = "room", language: str = "zh-hans") -> Interview:
    candidate = recruitment.candidate(language=language)
    application = recruitment.application(
        recruitment.opening(title="数据分析师"), stage="screening", candidate=candidate
    )
    opens = NOW + timedelta(hours=hours)
    return scheduling.schedule(
        application_id=application.pk, opens_at=opens, closes_at=opens + timedelta(hours=8), kind=kind,
        by=people.recruiter(),
    )  # fmt: skip


def test_it_says_when_and_what_and_whom_to_ask() -> None:
    interview = booked(hours=48)

    assert told(interview) == [("candidate", "scheduled", "planned")]
    message = Message.objects.get()
    assert message.subject == "您的面试已安排：数据分析师"
    specialist = interview.application.opening.specialist
    for words in (
        "11月26日（周四）10:00至18:00",
        "在线 AI 面试",
        "{room_link}",
        "开始前一天",
        specialist.email,
    ):
        assert words in message.body
    assert (message.due_at, message.expires_at) == (NOW, interview.window_closes_at)
    assert set(Reaction.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize(
    ("kind", "language", "words"),
    [
        ("people", "zh-hans", "的面试官面谈"),
        ("people", "en", "a conversation with interviewers of"),
        ("vendor", "zh-hans", "在合作的面试平台上"),
        ("vendor", "en", "on a partner's platform"),
        ("room", "en", "an online AI interview"),
    ],
)
def test_each_kind_is_named_for_what_it_is(kind: str, language: str, words: str) -> None:
    booked(hours=48, kind=kind, language=language)
    body = Message.objects.get().body
    assert words in body
    # The way to enter, or to move it; a vendor arranges the own times.
    assert ("{room_link}" in body) == (kind != "vendor")


@pytest.mark.parametrize(("hours", "kind"), [(-1, "guide"), (3, "guide"), (24, "guide"), (25, "scheduled")])
def test_what_opens_within_a_day_is_told_by_its_guide_alone(hours: int, kind: str) -> None:
    assert told(booked(hours=hours)) == [("candidate", kind, "planned")]


def test_the_guide_follows_a_day_before_and_neither_is_said_twice(clock: time_machine.Traveller) -> None:
    interview = booked(hours=48)
    delivery.deliver_due()
    clock.shift(timedelta(hours=24, minutes=1))
    tasks.send_guides()
    for reaction in Reaction.objects.filter(name__startswith="notifications."):
        relay.run_again(reaction_id=reaction.pk)

    assert told(interview) == [("candidate", "guide", "planned"), ("candidate", "scheduled", "accepted")]


def test_what_was_not_sent_before_a_new_window_is_overtaken_by_it() -> None:
    interview = booked(hours=48)
    opens = NOW + timedelta(hours=72)
    scheduling.reschedule(
        interview_id=interview.pk, opens_at=opens, closes_at=opens + timedelta(hours=8), by=people.lead()
    )
    assert told(interview) == [
        ("candidate", "rescheduled", "planned"),
        ("candidate", "scheduled", "cancelled"),
        ("specialist", "rescheduled", "planned"),
    ]


def test_a_cancelled_interview_is_not_announced_any_more() -> None:
    interview = booked(hours=48)
    endings.cancel(interview_id=interview.pk, by=people.lead())
    delivery.deliver_due()
    assert told(interview) == [
        ("candidate", "cancelled", "accepted"),
        ("candidate", "scheduled", "cancelled"),
        ("specialist", "cancelled", "accepted"),
    ]


def test_the_message_is_overtaken_when_the_interview_moved_before_it_left() -> None:
    interview = make.house("scheduled", window_opens_at=NOW + timedelta(hours=48))
    message = make.message(kind="scheduled", interview=interview)
    interview.refresh_from_db()
    interview.cancel()
    interview.save()
    delivery.deliver_due()
    message.refresh_from_db()
    assert message.state == "cancelled"
