"""Whether the phone got it: known within a minute, and somebody is told when it did not."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.events.models import Event
from messaging import delivery, receipts
from messaging.models import Delivery, Message
from messaging.told import Told, telling_of
from tests.factories.notifications import house, message
from tests.messaging.outbox import deliveries, later, state
from tests.messaging.sms.conftest import sms  # noqa: F401 -- a fixture
from tools.sms.emulator import SmsEmulator
from tools.wecom.faults import html, reset

pytestmark = pytest.mark.django_db(transaction=True)


def sent(*, email: str = "") -> Message:
    """A notice that the provider has taken."""
    interview = house("interrupted")
    candidate = interview.application.candidate
    candidate.phone, candidate.email = "+8613800138000", email
    candidate.save()
    made = message(candidate, kind="interrupted", interview=interview, topic=None)
    delivery.deliver_due()
    return made


def receipt(of: Message) -> tuple[str, bool]:
    row = Delivery.objects.filter(message=of).earliest("seq")
    return row.receipt, row.ask_at is None


def test_what_arrived_is_known(sms: SmsEmulator) -> None:  # noqa: F811
    one = sent()
    assert receipt(one) == ("waiting", False) and receipts.ask_due() == 0
    sms.texts[0].arrived = True

    with later(minutes=2):
        assert receipts.ask_due() == 1
        assert receipts.ask_due() == 0

    assert receipt(one) == ("arrived", True) and state(one) == "accepted"
    assert Delivery.objects.get(message=one).segments == 2


def test_what_did_not_arrive_goes_by_e_mail(sms: SmsEmulator) -> None:  # noqa: F811
    one = sent(email="li.lei@example.com")
    sms.texts[0].arrived, sms.texts[0].code = False, "MOBILE_NOT_ON_SERVICE"

    with later(minutes=2):
        receipts.ask_due()
        assert state(one) == "planned"
        delivery.deliver_due()

    assert deliveries(one) == [
        ("sms", 1, "failed", "sms_not_arrived MOBILE_NOT_ON_SERVICE"),
        ("email", 2, "accepted", ""),
    ]


def test_without_another_way_somebody_has_to_call(sms: SmsEmulator) -> None:  # noqa: F811
    one = sent()
    sms.texts[0].arrived, sms.texts[0].code = False, "UNDELIV"

    with later(minutes=2):
        receipts.ask_due()

    assert state(one) == "failed"
    assert telling_of(Message.objects.with_telling().get(pk=one.pk)).state == Told.FAILED
    assert Event.objects.filter(kind="message_unreached").count() == 1


def test_what_nobody_can_say_is_asked_again_ever_later_and_then_left(sms: SmsEmulator) -> None:  # noqa: F811
    one = sent()

    with later(minutes=2):
        receipts.ask_due()
        wait = Delivery.objects.get(message=one).ask_at - timezone.now()
        assert timedelta(minutes=1, seconds=50) < wait < timedelta(minutes=2, seconds=10)
    with later(hours=73):
        assert receipts.ask_due() == 1

    assert receipt(one) == ("unknown", True) and state(one) == "accepted"


def test_what_was_found_on_another_day_than_it_was_sent_has_its_receipt(sms: SmsEmulator) -> None:  # noqa: F811
    """The answer got lost before midnight, and the provider's list said so hours later."""
    evening = timezone.localtime().replace(hour=23, minute=58, second=0) + timedelta(days=1)
    look = "QuerySendDetails" if sms.provider == "aliyun" else "PullSmsSendStatusByPhoneNumber"
    sms.fail("SendSms", reset(takes_it=True))
    sms.fail(look, html(), times=2)
    with time_machine.travel(evening):
        one = sent(email="li.lei@example.com")
    sms.texts[0].arrived, sms.texts[0].code = False, "UNDELIV"
    for minutes in range(1, 60, 5):
        with time_machine.travel(evening + timedelta(minutes=minutes)):
            delivery.deliver_due()
            receipts.ask_due()

    assert len(sms.texts) == 1
    assert deliveries(one)[0] == ("sms", 1, "failed", "sms_not_arrived UNDELIV")
    assert state(one) == "accepted" and deliveries(one)[1][0] == "email"
