"""Drafts of offers made in one go wait for approval on one card: it says how many wait now, and agrees to all."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.errors import Forbidden, Invalid
from messaging import kinds
from messaging.delivery import deliver_due
from messaging.models import Message
from notifications import faces
from notifications.kinds.approvals import DRAFTS
from people.models import User
from recruitment.models import Offer
from recruitment.offers.services import offers
from tests.factories import people
from tests.notifications.test_many import EVERY, House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


@pytest.fixture
def house(client: Client) -> House:
    """Three drafts, made by the specialist in one go; two leads may approve them."""
    found = House(client)
    people.lead(username="zhao", name="赵总监")
    client.force_login(found.mine)
    prepare, values = EVERY["application", "draft_offers"]
    found.take("draft_offers", prepare(found), values, "/admin/recruitment/application/")
    assert Offer.objects.filter(state="draft").count() == 3
    return found


def card_of(name: str) -> Message:
    """The one card of a lead."""
    return Message.objects.get(kind=DRAFTS.code, recipient_name=name)


def buttons(card: Message) -> list[tuple[str, str]]:
    face = kinds.face_of(card)
    assert face is not None
    return [(one.text, one.key) for one in face.buttons] or [(face.ending, "")]


def waiting(body: str) -> set[str]:
    """Whom the text names, as many as it says."""
    found = re.findall(r"^- (\S+) · 数据分析师$", body, re.MULTILINE)
    assert f"{len(found)} 份录用通知等待批准：" in body
    return set(found)


def go_out() -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        deliver_due()


def offer_of(name: str) -> Offer:
    return Offer.objects.get(application__candidate__name=name)


def press(house: House, card: Message, person: User | None = None) -> None:
    faces.take_drafts(card, "approve", person or house.lead)


def test_each_who_may_approve_has_one_card_with_all_of_them(house: House) -> None:
    cards = Message.objects.filter(kind=DRAFTS.code)
    assert {(card.recipient_name, card.state) for card in cards} == {
        ("刘主管", "planned"),
        ("赵总监", "planned"),
    }
    parts = Message.objects.filter(kind="offer_to_approve")
    assert {(one.recipient_name, one.state) for one in parts} == {
        ("刘主管", "coalesced"),
        ("赵总监", "coalesced"),
    }
    assert parts.count() == 6
    go_out()
    card = card_of("刘主管")
    assert card.subject == "李招聘起草的录用通知等待您批准" and "/admin/managers/approvals/" in card.body
    assert waiting(card.body_now) == {"候选0", "候选1", "候选2"} and "12000" not in card.body_now
    assert buttons(card) == [("全部同意（3）", "approve"), ("查看录用通知", "")]


def test_what_is_decided_before_it_goes_out_is_not_in_it(house: House) -> None:
    offers.withdraw(offer_id=offer_of("候选1").pk, reason="薪酬有误", by=house.mine)
    go_out()
    card = card_of("刘主管")
    assert waiting(card.body_now) == {"候选0", "候选2"}
    assert "候选1" not in card.body


def test_where_all_are_decided_before_it_goes_out_nothing_does(house: House) -> None:
    for row in Offer.objects.all():
        offers.approve(offer_id=row.pk, by=house.lead)
    go_out()
    assert set(Message.objects.filter(kind=DRAFTS.code).values_list("state", flat=True)) == {"cancelled"}


def test_the_card_says_how_many_wait_when_one_was_decided_meanwhile(house: House) -> None:
    go_out()
    card = card_of("刘主管")
    offers.refuse(offer_id=offer_of("候选0").pk, reason="薪酬过高", by=User.objects.get(username="zhao"))
    assert buttons(card)[0] == ("全部同意（2）", "approve")
    assert waiting(card.body_now) == {"候选1", "候选2"}


def test_one_press_agrees_to_all_that_wait_and_the_other_lead_reads_that_all_are_decided(
    house: House,
) -> None:
    go_out()
    offers.withdraw(offer_id=offer_of("候选2").pk, reason="改期", by=house.mine)
    press(house, card_of("刘主管"))
    assert dict(Offer.objects.values_list("application__candidate__name", "state")) == {
        "候选0": "approved", "候选1": "approved", "候选2": "withdrawn",
    }  # fmt: skip
    assert set(Offer.objects.filter(state="approved").values_list("approved_by", flat=True)) == {
        house.lead.pk
    }
    assert buttons(card_of("赵总监")) == [("已全部处理", "")]
    # Pressed once more it finds nothing to do.
    press(house, card_of("赵总监"), User.objects.get(username="zhao"))
    with pytest.raises(Invalid, match="button_unknown"):
        faces.take_drafts(card_of("刘主管"), "refuse", house.lead)


def test_one_that_may_not_be_approved_stays_and_the_others_are(house: House) -> None:
    go_out()
    Offer.objects.filter(pk=offer_of("候选0").pk).update(made_by=house.lead)
    press(house, card_of("刘主管"))
    assert dict(Offer.objects.values_list("application__candidate__name", "state")) == {
        "候选0": "draft", "候选1": "approved", "候选2": "approved",
    }  # fmt: skip
    assert buttons(card_of("刘主管"))[0] == ("全部同意（1）", "approve")


def test_where_none_may_be_approved_the_refusal_is_said_and_nothing_changes(house: House) -> None:
    go_out()
    with pytest.raises(Forbidden, match="own_offer"):
        press(house, card_of("刘主管"), house.mine)
    assert set(Offer.objects.values_list("state", flat=True)) == {"draft"}
