"""Follow-ups on colleagues' phones: a card whose buttons act by the rights of who presses, changed for everybody else.

Over real sockets: the emulated WeCom shows the card, calls back at the suite's own door, and is asked to change it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from messaging import cards
from messaging.callbacks import handling
from messaging.channels.wecom import card_of
from messaging.delivery import deliver_due
from messaging.faces import Button, Face
from messaging.models import Callback, Card, Delivery
from people.actors import Party
from people.models import User
from recruitment.models import ContactAttempt, FollowUp
from recruitment.services import follow_ups, interviews, overdue, scheduling
from tests.emulators.connected import connected_wecom
from tests.emulators.pumping import by_two_pumps
from tests.factories import notifications as house
from tests.factories import people
from tests.messaging.oracle import asked_of_phones
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import errcode, half_an_answer
from tools.wecom.people import call_back
from tools.wecom.world import Message

pytestmark = pytest.mark.django_db(transaction=True)
CLAIM = [("我来联系", "claim"), ("查看详情", "")]
MINE = [("已接通", "reached"), ("未接通", "missed"), ("改期", "")]
DONE_CALLING = [("去结案", ""), ("改期", "")]


@pytest.fixture
def wecom(
    monkeypatch: pytest.MonkeyPatch, db: None, caplog: pytest.LogCaptureFixture
) -> Iterator[WeComEmulator]:
    with connected_wecom(monkeypatch) as emulator:
        yield emulator
        asked_of_phones(emulator, caplog.text)


@pytest.fixture
def specialist() -> User:
    return people.recruiter(name="王芳", wecom_userid="wang.fang")


def left(specialist: User) -> FollowUp:
    """A candidate asks for contact; the specialist's message is on its way."""
    interview = house.house("in_progress")
    opening = interview.application.opening
    opening.specialist = specialist
    opening.save()
    return follow_ups.ask(interview_id=interview.pk, note="网络断了")


def after_an_exit(specialist: User) -> FollowUp:
    interview = house.house("in_progress")
    opening = interview.application.opening
    opening.specialist = specialist
    opening.save()
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, announced=True, by=Party.CANDIDATE
    )
    return FollowUp.objects.get(interview=interview, kind="exit")


def on_the_phone(wecom: WeComEmulator, userid: str) -> Message:
    """The newest card that this colleague was shown."""
    shown = [one for one in wecom.messages if one.userid == userid and one.shown]
    return next(one for one in reversed(shown) if "template_card" in one.body)


def buttons(message: Message) -> list[tuple[str, str]] | str:
    """What can be pressed, or the word that stands there instead."""
    if "button" in message.replaced:
        return str(message.replaced["button"]["replace_name"])
    return [(one["text"], one.get("key", "")) for one in message.card["button_list"]]


def press(wecom: WeComEmulator, message: Message, key: str, *, by: str = "") -> Callback:
    """The reader, or somebody else, presses a button, and the suite acts on it."""
    before = message.userid
    envelope = wecom.press(message, key) if not by else _by_another(wecom, message, key, by)
    assert envelope is not None and message.userid == before
    answer = Client().post(
        "/hooks/wecom", envelope.body, content_type="text/xml", query_params=envelope.query
    )
    assert answer.status_code == 200
    handling.act_on_due()
    return Callback.objects.latest("pk")


def _by_another(wecom: WeComEmulator, message: Message, key: str, by: str) -> Any:
    return wecom.press(replace(message, userid=by), key)


def test_a_card_goes_from_asked_to_claimed_to_done(wecom: WeComEmulator, specialist: User) -> None:
    follow_up = left(specialist)
    deliver_due()
    card = on_the_phone(wecom, "wang.fang")
    assert buttons(card) == CLAIM
    assert card.card["main_title"]["title"].startswith("候选人请求联系")
    assert card.card["card_action"]["url"].endswith(f"/admin/recruitment/followup/{follow_up.pk}/change/")

    press(wecom, card, "claim")
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.assignee) == ("claimed", specialist)
    assert buttons(card) == MINE
    assert card.card["sub_title_text"].startswith("已由您认领")

    press(wecom, card, "missed")
    assert buttons(card) == MINE
    assert "未接通" in card.card["sub_title_text"].partition("\n")[0]
    press(wecom, card, "reached")
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.outcome) == ("closed", "reached")
    assert buttons(card) == "已办结：已联系上"
    tries = ContactAttempt.objects.order_by("pk").values_list("by", "channel", "reached")
    assert list(tries) == [(specialist.pk, "phone", False), (specialist.pk, "phone", True)]
    assert set(Callback.objects.values_list("state", "code")) == {("done", "")}


def test_the_same_press_twice_is_one(wecom: WeComEmulator, specialist: User) -> None:
    left(specialist)
    deliver_due()
    card = on_the_phone(wecom, "wang.fang")
    press(wecom, card, "claim")
    press(wecom, card, "missed")
    press(wecom, card, "missed")
    assert ContactAttempt.objects.count() == 1


def test_presses_that_come_in_another_order_are_each_what_may_be_done_then(
    wecom: WeComEmulator, specialist: User
) -> None:
    """Claimed, then reached; told the other way round: whoever reached somebody has the matter, and it stays closed."""
    follow_up = left(specialist)
    deliver_due()
    card = on_the_phone(wecom, "wang.fang")
    claimed, reached = wecom.press(card, "claim"), wecom.press(card, "reached")
    for envelope in (reached, claimed):
        assert envelope is not None
        Client().post("/hooks/wecom", envelope.body, content_type="text/xml", query_params=envelope.query)
        handling.act_on_due()
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.outcome, follow_up.assignee) == ("closed", "reached", specialist)
    assert list(Callback.objects.order_by("pk").values_list("code", flat=True)) == ["", "follow_up_closed"]


@pytest.mark.parametrize(
    ("left_out", "code"),
    [("TaskId", "card_unknown"), ("EventKey", "button_unknown"), ("FromUserName", "who_unknown"),
     ("ResponseCode", ""), ("CardType", "")],
)  # fmt: skip
def test_a_press_that_lacks_something_is_what_is_left_of_it_or_nothing(
    wecom: WeComEmulator, specialist: User, left_out: str, code: str
) -> None:
    follow_up = left(specialist)
    deliver_due()
    card = on_the_phone(wecom, "wang.fang")
    fields = {
        "FromUserName": "wang.fang", "MsgType": "event", "Event": "template_card_event", "EventKey": "claim",
        "TaskId": str(card.card["task_id"]), "CardType": "button_interaction", "ResponseCode": "code", "AgentID": "1",
    }  # fmt: skip
    del fields[left_out]
    envelope = call_back(wecom, fields)
    assert envelope is not None
    Client().post("/hooks/wecom", envelope.body, content_type="text/xml", query_params=envelope.query)
    handling.act_on_due()
    follow_up.refresh_from_db()
    assert follow_up.state == ("open" if code else "claimed")
    assert list(Callback.objects.values_list("state", "code")) == [("done", code)]


def test_the_loser_of_a_race_reads_who_won(wecom: WeComEmulator, specialist: User) -> None:
    other = people.recruiter(name="李强", wecom_userid="Li.Qiang")
    follow_up = left(specialist)
    with time_machine.travel(timezone.now() + timedelta(hours=21)):
        overdue.watch()
        deliver_due()
        first, second = on_the_phone(wecom, "wang.fang"), on_the_phone(wecom, "Li.Qiang")
        assert (buttons(first), buttons(second)) == (CLAIM, CLAIM)

        won = press(wecom, second, "claim")
        assert (buttons(first), buttons(second)) == ("李强已认领", MINE)
        lost = press(wecom, first, "claim")

    follow_up.refresh_from_db()
    assert follow_up.assignee == other
    assert (won.code, lost.code) == ("", "already_claimed")
    assert buttons(first) == "李强已认领"


def test_two_who_press_at_the_same_instant_are_one(wecom: WeComEmulator, specialist: User) -> None:
    people.recruiter(name="李强", wecom_userid="li.qiang")
    follow_up = left(specialist)
    with time_machine.travel(timezone.now() + timedelta(hours=21), tick=True):
        overdue.watch()
        deliver_due()
        both = [on_the_phone(wecom, "wang.fang"), on_the_phone(wecom, "li.qiang")]
        for one in both:
            envelope = wecom.press(one, "claim")
            assert envelope is not None
            Client().post("/hooks/wecom", envelope.body, content_type="text/xml", query_params=envelope.query)
        by_two_pumps(handling.act_on_due)
        cards.refresh_due()

    follow_up.refresh_from_db()
    assert follow_up.state == "claimed"
    winner = follow_up.assignee.name
    shown = {one.userid: buttons(one) for one in both}
    loser = next(userid for userid in shown if userid != follow_up.assignee.wecom_userid)
    assert shown[loser] == f"{winner}已认领" and shown[follow_up.assignee.wecom_userid] == MINE
    assert sorted(Callback.objects.values_list("code", flat=True)) == ["", "already_claimed"]


def test_what_is_taken_on_at_the_desk_changes_the_card_too(wecom: WeComEmulator, specialist: User) -> None:
    other = people.recruiter(name="李强")
    follow_up = left(specialist)
    deliver_due()
    card = on_the_phone(wecom, "wang.fang")

    follow_ups.claim(follow_up_id=follow_up.pk, by=other)
    cards.refresh_due()

    assert buttons(card) == "李强已认领"


def test_a_return_ends_the_card_of_the_exit(wecom: WeComEmulator, specialist: User) -> None:
    follow_up = after_an_exit(specialist)
    deliver_due()
    card = on_the_phone(wecom, "wang.fang")
    assert buttons(card) == CLAIM
    press(wecom, card, "claim")
    press(wecom, card, "reached")
    assert buttons(card) == DONE_CALLING

    opens = timezone.now() + timedelta(days=1)
    scheduling.reschedule(
        interview_id=follow_up.interview_id,
        opens_at=opens,
        closes_at=opens + timedelta(days=1),
        by=specialist,
    )
    cards.refresh_due()
    # Its one code was used by the last change; it is put right when it is pressed.
    assert buttons(card) == DONE_CALLING
    assert press(wecom, card, "reached").code == "follow_up_closed"
    assert buttons(card) == "已办结：已改期"


def test_a_card_that_was_overtaken_before_it_went_out_is_called_off(
    wecom: WeComEmulator, specialist: User
) -> None:
    follow_up = left(specialist)
    wecom.fail("message/send", errcode(-1))
    deliver_due()
    follow_ups.claim(follow_up_id=follow_up.pk, by=people.recruiter(name="李强"))
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        deliver_due()
    assert wecom.messages == []


def test_a_card_that_is_overtaken_while_it_goes_out_has_no_button_that_acts() -> None:
    over = card_of("请联系候选人", "…", Face(ending="李强已认领", url="https://hr.example.com/admin/"))
    assert over.buttons == (Button("李强已认领", url="https://hr.example.com/admin/"),)


@pytest.mark.parametrize("key", ["", "delete", "claim'; --"])
def test_a_button_that_nobody_drew_does_nothing(wecom: WeComEmulator, specialist: User, key: str) -> None:
    follow_up = left(specialist)
    deliver_due()
    assert press(wecom, on_the_phone(wecom, "wang.fang"), key).code == "button_unknown"
    follow_up.refresh_from_db()
    assert follow_up.state == "open"


def test_who_presses_acts_by_their_own_rights_or_not_at_all(wecom: WeComEmulator, specialist: User) -> None:
    people.trainer(wecom_userid="trainer")
    follow_up = left(specialist)
    deliver_due()
    card = on_the_phone(wecom, "wang.fang")

    assert press(wecom, card, "claim", by="nobody").code == "who_unknown"
    assert press(wecom, card, "claim", by="trainer").code == "not_theirs"
    User.objects.filter(pk=specialist.pk).update(roles=["training"])
    assert press(wecom, card, "claim").code == "not_permitted"
    User.objects.filter(pk=specialist.pk).update(roles=["recruiting"], is_active=False)
    assert press(wecom, card, "claim").code == "who_unknown"

    follow_up.refresh_from_db()
    assert follow_up.state == "open"
    assert press(
        wecom, Message("x", 1, "wang.fang", {"template_card": {"task_id": "none"}}, 0), "claim"
    ).code == ("card_unknown")


def test_a_card_is_shown_once_when_the_answer_got_lost(wecom: WeComEmulator, specialist: User) -> None:
    left(specialist)
    wecom.fail("message/send", half_an_answer())
    deliver_due()
    # WeCom knows the card by its name, long after it has forgotten the bytes.
    wecom.advance(5 * 3600)
    wecom.invalidate_tokens()
    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        deliver_due()
    shown = [one for one in wecom.messages if one.userid == "wang.fang"]
    assert len(shown) == 1
    assert Delivery.objects.get(message__user=specialist).state == "accepted"
    # Nobody knows the code of its first showing; a press brings another.
    assert Card.objects.get().code == ""
    press(wecom, shown[0], "claim")
    assert buttons(shown[0]) == MINE


def test_a_press_that_comes_before_we_know_that_the_card_was_taken_counts(
    wecom: WeComEmulator, specialist: User
) -> None:
    follow_up = left(specialist)
    wecom.fail("message/send", half_an_answer())
    deliver_due()
    card = on_the_phone(wecom, "wang.fang")
    assert Delivery.objects.get(message__user=specialist).state == "pending"

    assert press(wecom, card, "claim").code == ""

    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.assignee, buttons(card)) == ("claimed", specialist, MINE)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        deliver_due()
    assert [one.userid for one in wecom.messages].count("wang.fang") == 1
    assert buttons(card) == MINE, "the repeat takes nothing back"


@pytest.mark.parametrize("wait", [70, 3 * 24 * 3600 + 60])
def test_a_card_that_wecom_does_not_change_now_is_changed_later_while_it_can_be(
    wecom: WeComEmulator, specialist: User, wait: int
) -> None:
    follow_up = left(specialist)
    deliver_due()
    card = on_the_phone(wecom, "wang.fang")
    wecom.fail("message/update_template_card", errcode(-1), times=1)
    follow_ups.claim(follow_up_id=follow_up.pk, by=people.recruiter(name="李强"))
    cards.refresh_due()
    assert buttons(card) == CLAIM

    wecom.advance(wait)
    wecom.invalidate_tokens()
    with time_machine.travel(timezone.now() + timedelta(seconds=wait)):
        assert cards.refresh_due() == 1
        assert cards.refresh_due() == 0
    assert buttons(card) == ("李强已认领" if wait == 70 else CLAIM)
    assert Card.objects.get().stale_at is None


def test_a_lost_answer_to_a_change_is_no_second_change(wecom: WeComEmulator, specialist: User) -> None:
    follow_up = left(specialist)
    deliver_due()
    card = on_the_phone(wecom, "wang.fang")
    wecom.fail("message/update_template_card", half_an_answer())
    follow_ups.claim(follow_up_id=follow_up.pk, by=people.recruiter(name="李强"))
    cards.refresh_due()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        cards.refresh_due()
        assert cards.refresh_due() == 0
    assert buttons(card) == "李强已认领"
    assert (Card.objects.get().code, Card.objects.get().stale_at) == ("", None)


def test_a_card_that_is_changed_says_how_far_the_candidates_message_has_come(
    wecom: WeComEmulator, specialist: User
) -> None:
    """When it goes out the candidate's is still on its way, which it says of that minute alone."""
    after_an_exit(specialist)
    theirs = Delivery.objects.filter(message__audience="candidate")
    theirs.update(due_at=timezone.now() + timedelta(minutes=1))
    deliver_due()
    card = on_the_phone(wecom, "wang.fang")
    text = card.card["sub_title_text"]
    assert "截至" in text and "正在发送" in text
    theirs.update(due_at=timezone.now())
    deliver_due()
    assert theirs.get().state == "accepted"
    assert "正在发送" in card.card["sub_title_text"], "one change is kept for whoever claims it"

    press(wecom, card, "claim")

    assert buttons(card) == MINE
    now = card.card["sub_title_text"]
    assert "正在发送" not in now and "截至" not in now and "没有真正发出" in now, (
        "no mail server is connected"
    )
    message = Delivery.objects.get(channel="wecom", message__kind="follow_up").message
    assert "正在发送" in message.shown_body, "the ledger shows what went out"
    assert (
        "没有真正发出" in message.body_now
        and "\ufff9" not in text + now + message.shown_body + message.body_now
    )
