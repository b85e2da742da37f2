"""Cards to approve an offer or a start: a button does what the page does, and the others' cards say who was first."""

import pytest
from django.test import Client

from messaging import cards, kinds
from messaging.callbacks import handling
from messaging.delivery import deliver_due
from messaging.models import ApprovalTemplate, Callback, Message
from onboarding.models import OnboardingStep
from onboarding.services import steps
from recruitment.models import Offer
from recruitment.offers.services import offers
from recruitment.services import applications
from tests.emulators.pumping import by_two_pumps
from tests.factories import people
from tests.notifications.test_approvals import Story, hired, wecom  # noqa: F401 -- a fixture
from tests.notifications.test_cards import buttons, on_the_phone, press
from tools.wecom.emulator import WeComEmulator

pytestmark = pytest.mark.django_db(transaction=True)
TO_DECIDE = [("同意", "approve"), ("不同意", "refuse"), ("查看录用通知", "")]
TO_AGREE = [("同意", "approve"), ("不同意", "refuse"), ("查看入职", "")]


@pytest.fixture(autouse=True)
def no_templates(wecom: WeComEmulator, daytime: None) -> None:  # noqa: F811
    """Without a template of WeCom's, cards ask."""
    ApprovalTemplate.objects.all().delete()


@pytest.fixture
def daytime(monkeypatch: pytest.MonkeyPatch) -> None:
    """Approvals wait at night; these tests run at any hour."""
    monkeypatch.setattr("messaging.quiet.held", lambda due_at: due_at)


def test_an_offer_is_approved_on_the_phone(wecom: WeComEmulator) -> None:  # noqa: F811
    story = Story()
    deliver_due()
    card = on_the_phone(wecom, "the.lead")
    assert buttons(card) == TO_DECIDE
    assert card.card["main_title"]["title"].startswith("待批准的录用通知：李雷")
    assert "18000" not in card.card["sub_title_text"] and "18,000" not in card.card["sub_title_text"]

    assert press(wecom, card, "approve").code == ""
    offer = Offer.objects.get(pk=story.offer.pk)
    assert (offer.state, offer.approved_by) == ("approved", story.lead)
    assert buttons(card) == "陈总监已同意"
    assert [one.user for one in Message.objects.filter(kind="offer_decided")] == [story.maker]


def test_one_that_is_not_agreed_to_is_withdrawn(wecom: WeComEmulator) -> None:  # noqa: F811
    story = Story()
    deliver_due()
    card = on_the_phone(wecom, "the.lead")
    press(wecom, card, "refuse")
    offer = Offer.objects.get(pk=story.offer.pk)
    assert (offer.state, offer.withdraw_reason) == ("withdrawn", "陈总监 在企业微信里未同意。")
    assert buttons(card) == "陈总监未同意"


@pytest.mark.parametrize(("first", "word"), [("approve", "陈总监已同意"), ("refuse", "陈总监未同意")])
def test_the_second_of_two_leads_reads_who_was_first(
    wecom: WeComEmulator,  # noqa: F811
    first: str,
    word: str,
) -> None:
    people.lead(name="赵总监", wecom_userid="zhao")
    story = Story()
    deliver_due()
    quick, slow = on_the_phone(wecom, "the.lead"), on_the_phone(wecom, "zhao")
    press(wecom, quick, first)
    assert (buttons(quick), buttons(slow)) == (word, word)
    assert press(wecom, slow, "approve").code == "step_not_allowed"
    assert buttons(slow) == word
    assert Offer.objects.get(pk=story.offer.pk).state == ("approved" if first == "approve" else "withdrawn")


def test_two_leads_who_press_at_the_same_instant_are_one(wecom: WeComEmulator) -> None:  # noqa: F811
    people.lead(name="赵总监", wecom_userid="zhao")
    story = Story()
    deliver_due()
    both = [on_the_phone(wecom, "the.lead"), on_the_phone(wecom, "zhao")]
    for one, key in zip(both, ("approve", "refuse"), strict=True):
        envelope = wecom.press(one, key)
        assert envelope is not None
        Client().post("/hooks/wecom", envelope.body, content_type="text/xml", query_params=envelope.query)
    by_two_pumps(handling.act_on_due)
    cards.refresh_due()
    word = "陈总监已同意" if Offer.objects.get(pk=story.offer.pk).state == "approved" else "赵总监未同意"
    assert [buttons(one) for one in both] == [word, word]
    assert sorted(Callback.objects.values_list("code", flat=True)) == ["", "step_not_allowed"]


def test_decided_at_the_desk_the_card_says_so_too(wecom: WeComEmulator) -> None:  # noqa: F811
    people.lead(name="赵总监", wecom_userid="zhao")
    story = Story()
    deliver_due()
    offers.approve(offer_id=story.offer.pk, by=story.lead)
    cards.refresh_due()
    assert buttons(on_the_phone(wecom, "zhao")) == "陈总监已同意"


def test_the_specialist_is_asked_who_did_not_make_it_and_nobody_whose_right_went(
    wecom: WeComEmulator,  # noqa: F811
) -> None:
    story = Story()
    offers.withdraw(offer_id=story.offer.pk, reason="改主意了", by=story.maker)
    opening = story.application.opening
    opening.specialist = story.other
    opening.save()
    made = offers.make(application_id=story.application.pk, terms=_terms_of(story.offer), by=story.maker)
    deliver_due()
    card = on_the_phone(wecom, "li.qiang")
    assert buttons(card) == TO_DECIDE
    story.other.roles = ["training"]
    story.other.save()
    assert press(wecom, card, "approve").code == "not_permitted"
    assert Offer.objects.get(pk=made.pk).state == "draft"


def _terms_of(offer: Offer) -> offers.Terms:
    return offers.Terms(
        salary=offer.salary,
        period=offer.period,
        start_on=offer.start_on,
        place=offer.place,
        answer_by=offer.answer_by,
    )


def test_an_offer_withdrawn_before_it_went_out_is_asked_of_nobody(wecom: WeComEmulator) -> None:  # noqa: F811
    story = Story()
    message = Message.objects.get(kind="offer_to_approve")
    assert kinds.kind(message.kind).holds(message)
    offers.withdraw(offer_id=story.offer.pk, reason="改主意了", by=story.maker)
    assert not kinds.kind(message.kind).holds(message)
    deliver_due()
    assert wecom.messages == []


def test_a_start_is_approved_on_the_phone_once(wecom: WeComEmulator) -> None:  # noqa: F811
    people.lead(name="赵总监", wecom_userid="zhao")
    story = Story()
    step = hired(story)
    deliver_due()
    quick, slow = on_the_phone(wecom, "the.lead"), on_the_phone(wecom, "zhao")
    assert (buttons(quick), buttons(slow)) == (TO_AGREE, TO_AGREE)
    assert press(wecom, quick, "forged").code == "button_unknown"
    press(wecom, quick, "approve")
    assert OnboardingStep.objects.get(pk=step.pk).done_by == story.lead
    assert buttons(slow) == "陈总监已同意"
    assert press(wecom, slow, "approve").code == "step_already_done"


def test_a_start_approved_at_the_desk_calls_the_card_off(wecom: WeComEmulator) -> None:  # noqa: F811
    story = Story()
    step = hired(story)
    message = Message.objects.get(kind="start_to_approve")
    assert kinds.kind(message.kind).holds(message)
    steps.complete_step(step_id=step.pk, by=story.lead)
    assert not kinds.kind(message.kind).holds(message)
    message.refresh_from_db()
    assert message.state == "cancelled"


def test_a_card_says_why_nobody_has_to_decide_any_more(wecom: WeComEmulator) -> None:  # noqa: F811
    story = Story()
    deliver_due()
    offer = on_the_phone(wecom, "the.lead")
    offers.withdraw(offer_id=story.offer.pk, reason="改主意了", by=story.maker)
    cards.refresh_due()
    assert buttons(offer) == "通知已撤回，无需处理"


def test_a_card_of_an_offer_whose_application_ended_says_so(wecom: WeComEmulator) -> None:  # noqa: F811
    story = Story()
    deliver_due()
    offer = on_the_phone(wecom, "the.lead")
    applications.take_step(
        application_id=story.application.pk, step="withdraw", by=story.maker, reason="已入职别处"
    )
    cards.refresh_due()
    assert buttons(offer) == "应聘已结束，无需处理"


def test_a_card_of_a_start_that_is_called_off_says_so_and_acts_no_more(wecom: WeComEmulator) -> None:  # noqa: F811
    story = Story()
    step = hired(story)
    deliver_due()
    start = on_the_phone(wecom, "the.lead")
    applications.take_step(
        application_id=story.application.pk, step="fall_through", by=story.maker, reason="毁约"
    )
    cards.refresh_due()
    assert buttons(start) == "应聘已结束，无需处理"
    assert press(wecom, start, "approve").code == "case_over"
    assert OnboardingStep.objects.get(pk=step.pk).state == "ready"


def test_an_approval_that_is_taken_back_is_asked_about_by_another_card(wecom: WeComEmulator) -> None:  # noqa: F811
    story = Story()
    step = hired(story)
    deliver_due()
    first = on_the_phone(wecom, "the.lead")
    press(wecom, first, "approve")
    assert buttons(first) == "陈总监已同意"
    steps.reopen_step(step_id=step.pk, by=story.lead)
    deliver_due()
    second = on_the_phone(wecom, "the.lead")
    assert second is not first and buttons(second) == TO_AGREE
    press(wecom, second, "approve")
    assert OnboardingStep.objects.get(pk=step.pk).state == "done"


def test_a_start_that_is_not_agreed_to_by_a_card_stays_to_be_decided(wecom: WeComEmulator) -> None:  # noqa: F811
    holder = people.onboarder(name="赵敏", wecom_userid="zhao.min")
    story = Story()
    step = hired(story)
    deliver_due()
    card = on_the_phone(wecom, "the.lead")
    assert press(wecom, card, "refuse").code == ""
    step.refresh_from_db()
    assert (step.state, step.objected_by) == ("ready", story.lead)
    assert step.objection == "陈总监 在企业微信里未同意。"
    assert buttons(card) == TO_AGREE and "陈总监未同意" in card.card["sub_title_text"]
    assert [one.user for one in Message.objects.filter(kind="start_not_agreed")] == [holder]
    press(wecom, card, "approve")
    step.refresh_from_db()
    assert (step.state, step.objection, buttons(card)) == ("done", "", "陈总监已同意")
