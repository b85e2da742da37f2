"""Taking back what lies in a colleague's WeCom: by HR, within a day, said as it is afterwards."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import Forbidden, NotFound, Refused
from messaging import delivery
from messaging.models import Card, Delivery, Message
from messaging.services import messages, taking_back
from messaging.told import told_words
from tests.emulators.connected import connected_wecom
from tests.factories import notifications as make
from tests.factories import people
from tests.messaging.outbox import later
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import errcode, half_an_answer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wecom(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[WeComEmulator]:
    with connected_wecom(monkeypatch) as emulator:
        yield emulator


@pytest.fixture
def sent(wecom: WeComEmulator) -> Message:
    """A message to a colleague that WeCom took."""
    return told()


def told() -> Message:
    message = make.message(people.recruiter(wecom_userid="zhao.lei"))
    delivery.deliver_due()
    message.refresh_from_db()
    assert message.state == "accepted"
    return message


def row(message: Message) -> tuple[str, str, str]:
    return Message.objects.values_list("state", "cancelled_reason", "claimed_by__username").get(pk=message.pk)


def test_it_leaves_the_phone_and_nobody_is_said_to_be_told(sent: Message, wecom: WeComEmulator) -> None:
    [shown], lead = wecom.messages, people.lead()

    taking_back.take_back(message_id=sent.pk, by=lead)

    assert (shown.shown, wecom.recalled) == (False, [shown.msgid])
    assert row(sent) == ("cancelled", "taken_back", lead.username)
    [last] = Delivery.objects.filter(message=sent)
    assert (last.state, last.last_code, last.accepted_at) == ("cancelled", "taken_back", None)
    sent.refresh_from_db()
    assert told_words(Message.objects.with_telling().get(pk=sent.pk)).startswith("企业微信，")
    assert "已撤回" in told_words(sent)
    assert not Card.objects.exclude(code="").exists()
    for once_more in (taking_back.take_back, messages.send_again):
        with pytest.raises(Refused):
            once_more(message_id=sent.pk, by=lead)


def test_after_a_lost_answer_it_is_taken_back_once(sent: Message, wecom: WeComEmulator) -> None:
    wecom.fail("message/recall", half_an_answer())

    with pytest.raises(taking_back.NotTakenBack) as caught:
        taking_back.take_back(message_id=sent.pk, by=people.lead())
    assert (caught.value.code, row(sent)) == ("answer", ("accepted", "", None))
    taking_back.take_back(message_id=sent.pk, by=people.lead())

    assert row(sent)[:2] == ("cancelled", "taken_back")
    assert not wecom.messages[0].shown


@pytest.mark.parametrize("refusal", [45032, 48002, -1])
def test_what_wecom_does_not_take_back_stays_told(sent: Message, wecom: WeComEmulator, refusal: int) -> None:
    wecom.fail("message/recall", errcode(refusal))

    with pytest.raises(taking_back.NotTakenBack) as caught:
        taking_back.take_back(message_id=sent.pk, by=people.lead())

    assert caught.value.code.endswith(str(refusal))
    assert (row(sent), wecom.messages[0].shown) == (("accepted", "", None), True)


def test_only_hr_and_only_what_lies_in_wecom_for_less_than_a_day(sent: Message, wecom: WeComEmulator) -> None:
    calls = len(wecom.calls)
    with pytest.raises(Forbidden):
        taking_back.take_back(message_id=sent.pk, by=people.manager())
    with pytest.raises(NotFound):
        taking_back.take_back(message_id=0, by=people.lead())
    lead = people.lead()
    with later(hours=24), pytest.raises(Refused) as caught:
        taking_back.take_back(message_id=sent.pk, by=lead)
    assert caught.value.code == "message_not_there"
    Delivery.objects.update(channel="sms")
    with pytest.raises(Refused):
        taking_back.take_back(message_id=sent.pk, by=lead)
    assert (len(wecom.calls), row(sent)) == (calls, ("accepted", "", None))


def test_on_its_page_it_is_a_button_while_it_can_be(client: Client, sent: Message) -> None:
    client.force_login(people.lead())
    page = reverse("admin:messaging_message_change", args=[sent.pk])
    step = page.replace("change/", "steps/take-back/")
    assert step in client.get(page).content.decode()

    answer = client.post(step, follow=True).content.decode()

    assert "已撤回" in answer and step not in client.get(page).content.decode()
    assert row(sent)[0] == "cancelled"
    other = make.message(key="two")
    assert "take-back" not in client.get(page.replace(str(sent.pk), str(other.pk))).content.decode()


def test_two_who_take_it_back_at_once_are_one(sent: Message, wecom: WeComEmulator) -> None:
    """The second one's call reaches WeCom after the first one has written it down."""
    lead, first = people.lead(), []
    client, *_rest = taking_back.application(**taking_back.connected.wecom())
    recall = client.recall

    def meanwhile(msgid: str) -> None:
        recall(msgid)
        if not first:
            first.append(msgid)
            taking_back.take_back(message_id=sent.pk, by=lead)

    client.recall = meanwhile  # type: ignore[method-assign]
    try:
        with pytest.raises(Refused):
            taking_back.take_back(message_id=sent.pk, by=people.recruiter())
    finally:
        del client.recall
    assert row(sent) == ("cancelled", "taken_back", lead.username)
