"""Deciding on messages: once per need, in the reader's language, called off and sent again by the rules."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import Forbidden, NotFound, Refused
from messaging import kinds
from messaging.models import Delivery, Message
from messaging.refs import Ref
from messaging.services import messages
from messaging.services.deciding import Need
from people.models import Role
from recruitment.models import Interview
from tests.factories import notifications as make
from tests.factories import people

pytestmark = pytest.mark.django_db
INTERVIEW_1 = Ref("recruitment.interview", 1)


def rows() -> tuple[list[object], list[object]]:
    return list(Message.objects.values()), list(Delivery.objects.values())


def test_a_message_and_its_first_delivery_are_written_together() -> None:
    message = make.message(due_at=timezone.now() + timedelta(hours=1), topic=Ref("recruitment.interview", 7))

    assert (message.kind, message.audience, message.state, message.topic) == (
        "completed",
        "candidate",
        "planned",
        Ref("recruitment.interview", 7),
    )
    assert message.recipient is not None
    assert (message.recipient_name, message.recipient.addresses) == (
        "张三",
        {"sms": make.candidate_of(message).phone, "email": make.candidate_of(message).email},
    )
    [delivery] = Delivery.objects.all()
    assert (delivery.message, delivery.channel, delivery.seq, delivery.state) == (
        message,
        "email",
        1,
        "pending",
    )
    assert delivery.due_at == message.due_at


def test_the_same_need_makes_one_message() -> None:
    interview = make.house("completed")
    make.message(interview=interview, key="need")
    before = rows()

    with pytest.raises(AssertionError):
        make.message(interview=interview, key="need")

    assert rows() == before


def test_a_need_is_one_person_and_one_part() -> None:
    one, other = people.recruiter(), people.recruiter()
    base = {"kind": kinds.kind("cancelled"), "key": "interview:1", "context": {}}
    keys = {
        Need(audience="specialist", to=one, **base).idem_key,
        Need(audience="specialist", to=other, **base).idem_key,
        Need(audience="lead", to=one, **base).idem_key,
    }
    assert len(keys) == 3


def test_the_readers_language_is_used_whatever_the_screen_speaks() -> None:
    english = make.message(people.recruiter(language="en"), key="en")
    chinese = make.message(
        people.recruiter(), key="zh", interview=Interview.objects.get(pk=english.origin_id)
    )

    assert (english.language, english.subject.split(":")[0]) == ("en", "Interview cancelled")
    assert (chinese.language, chinese.subject.split("：")[0]) == ("zh-hans", "面试已取消")


def test_what_rolls_back_leaves_no_message() -> None:
    interview = make.house("completed")
    try:
        with transaction.atomic():
            make.message(interview=interview)
            raise RuntimeError
    except RuntimeError:
        pass
    assert rows() == ([], [])


def test_the_table_refuses_a_message_to_nobody_or_to_two() -> None:
    message = make.message()
    now = timezone.now()
    for values in (
        {"addressee_id": None},
        {"user": people.recruiter()},
        {"state": "lost"},
        {"accepted_at": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**values)


def test_calling_off_spares_what_is_kept_what_is_due_and_what_was_sent() -> None:
    interview = make.house("completed")
    soon = timezone.now() + timedelta(minutes=5)
    for key, due in (("kept", soon), ("future", soon), ("due", None)):
        make.message(interview=interview, key=key, topic=INTERVIEW_1, due_at=due)
    make.message(interview=interview, key="other", topic=Ref("recruitment.interview", 2), due_at=soon)
    sent = make.message(interview=interview, key="sent", topic=INTERVIEW_1)
    Message.objects.filter(pk=sent.pk).update(state="accepted", accepted_at=timezone.now())
    off = {"topic": INTERVIEW_1, "kinds": ["completed"], "audiences": ["candidate"], "reason": "gone"}
    off["keep"] = ["kept"]

    assert messages.cancel(**off, only_future=True) == 1
    assert messages.cancel(**off) == 1
    assert messages.cancel(**off) == 0

    assert dict(Message.objects.values_list("idem_key", "state")) == {
        "kept": "planned",
        "future": "cancelled",
        "due": "cancelled",
        "other": "planned",
        "sent": "accepted",
    }
    cancelled = Delivery.objects.filter(message__state="cancelled")
    assert set(cancelled.values_list("state", "last_code")) == {("cancelled", "gone")}


def test_only_hr_sends_again_and_only_what_is_stuck() -> None:
    message = make.message()
    Message.objects.update(state="failed")
    Delivery.objects.update(state="failed")
    before = rows()
    for person in (people.manager(), people.user()):
        with pytest.raises(Forbidden):
            messages.send_again(message_id=message.pk, by=person)
    with pytest.raises(NotFound):
        messages.send_again(message_id=0, by=people.lead())
    assert rows() == before

    messages.send_again(message_id=message.pk, by=people.lead())

    message.refresh_from_db()
    assert message.state == "planned"
    assert list(Delivery.objects.order_by("seq").values_list("seq", "state")) == [
        (1, "failed"),
        (2, "pending"),
    ]
    with pytest.raises(Refused):
        messages.send_again(message_id=message.pk, by=people.lead())


def test_hr_reads_the_ledger_and_nobody_else() -> None:
    make.message()
    for role in (Role.RECRUITING, Role.ONBOARDING, Role.TRAINING, Role.LEAD):
        assert Message.objects.visible_to(people.user(role)).count() == 1
    for person in (people.manager(), people.user(), people.user(Role.LEAD, is_active=False)):
        assert Message.objects.visible_to(person).count() == 0
