"""微信客服: who comes by the link of an invitation is known, reads 进度 from the live state, and is written to there.

Over real sockets, against the emulated WeCom.
"""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation

from core.jobs import retention
from messaging import channels, tasks, wechat
from messaging.callbacks import handling
from messaging.conversations import reading
from messaging.delivery import deliver_due
from messaging.models import (
    Callback,
    Conversation,
    ConversationCursor,
    ConversationLink,
    Delivery,
    Message,
    WeComConnection,
)
from messaging.refs import ref
from messaging.services import connections
from notifications import conversation
from recruitment.models import Candidate, CandidateNote, FollowUp, Interview
from recruitment.room.status import status_of
from tests.emulators.connected import connected_wecom
from tests.factories import notifications as house
from tests.factories import people
from tests.messaging.oracle import asked_of_phones
from tools.wecom import customers
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import errcode, half_an_answer
from tools.wecom.people import Envelope, call_back
from tools.wecom.world import Member

pytestmark = pytest.mark.django_db(transaction=True)
KF, LI = "wkDemo", "wmLiLei"


@pytest.fixture
def wecom(
    monkeypatch: pytest.MonkeyPatch, db: None, caplog: pytest.LogCaptureFixture
) -> Iterator[WeComEmulator]:
    with connected_wecom(monkeypatch, kf_account=KF) as emulator:
        emulator.kf.servicers[KF] = [("lin", True)]
        assert connections.test_wecom(WeComConnection.objects.get(), by=people.lead()) == []
        yield emulator
        asked_of_phones(emulator, caplog.text)


@pytest.fixture
def interview(wecom: WeComEmulator) -> Interview:
    return house.house("interrupted")


@pytest.fixture
def finished(wecom: WeComEmulator) -> Interview:
    return house.house("completed")


def rung(envelope: Envelope | None) -> list[str]:
    """WeCom says that there is something; what is read is acted on. The codes of what came, oldest first."""
    assert envelope is not None
    before = set(Callback.objects.values_list("pk", flat=True))
    answer = Client().post(
        "/hooks/wecom", envelope.body, content_type="text/xml", query_params=envelope.query
    )
    assert answer.status_code == 200
    handling.act_on_due()
    came = Callback.objects.exclude(pk__in=before).exclude(event=reading.EVENT).order_by("pk")
    return list(came.values_list("code", flat=True))


def token_for(candidate: Candidate) -> str:
    address = wechat.link_for(ref(candidate))
    assert address is not None
    return parse_qs(urlsplit(address).query)["scene_param"][0]


def known(wecom: WeComEmulator, candidate: Candidate, who: str = LI) -> None:
    """They come by their link and have written."""
    rung(wecom.enter(who, scene_param=token_for(candidate)))
    rung(wecom.say(who, "你好"))


def read(wecom: WeComEmulator, who: str = LI) -> list[str]:
    return [one.text for one in wecom.kf.of(who)]


def test_the_link_of_an_invitation_says_who_comes(
    wecom: WeComEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview = house.house("scheduled")
    mail = house.Provider("email")
    monkeypatch.setitem(channels.CHANNELS, "email", mail)
    made = house.message(kind="scheduled", interview=interview, to=interview.application.candidate)
    assert "{wechat_link}" in made.body and "scene_param" not in made.body

    deliver_due()
    (sent,) = mail.sent
    address = next(line for line in sent.body.splitlines() if "scene_param" in line)
    token = parse_qs(urlsplit(address).query)["scene_param"][0]
    made.refresh_from_db()
    assert token not in made.body and "scene_param=" not in made.shown_body
    assert not ConversationLink.objects.filter(token_hash=token).exists()

    assert rung(wecom.enter(LI, scene_param=token)) == [""]
    assert Conversation.objects.get().addressee == ref(interview.application.candidate)
    assert len(token) >= 43 and len(token) <= 128


def test_who_comes_is_greeted_once_and_within_time(wecom: WeComEmulator, interview: Interview) -> None:
    candidate = interview.application.candidate
    rung(wecom.enter(LI, scene_param=token_for(candidate)))
    assert len(read(wecom)) == 1 and candidate.name in read(wecom)[0]
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        wecom.enter("wmLate", scene_param=token_for(candidate))
        tasks.conversations()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        handling.act_on_due()
    assert read(wecom, "wmLate") == []


def test_progress_is_answered_in_the_words_of_the_page(wecom: WeComEmulator, interview: Interview) -> None:
    candidate = interview.application.candidate
    known(wecom, candidate)
    rung(wecom.say(LI, "进度"))

    with translation.override("zh-hans"):
        status = status_of(interview.pk)
        assert status.situation == "interrupted"
        said = read(wecom)[-1]
        for words in (status.heading, status.sentence, status.next_words, status.next_line):
            assert str(words) in said
        assert conversation.in_words(status) in said
    assert CandidateNote.objects.filter(candidate=candidate, written_by=None).count() == 1
    rung(wecom.say(LI, "现在进度怎么样了？"))
    assert CandidateNote.objects.filter(candidate=candidate).count() == 1
    assert set(Callback.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize(
    ("words", "handed"), [("我要找人工", customers.HUMAN), ("周五可以吗", customers.NEW)]
)
def test_anything_else_is_for_a_person(
    wecom: WeComEmulator, interview: Interview, words: str, handed: int
) -> None:
    specialist = interview.application.opening.specialist
    specialist.wecom_userid = "wang.fang"
    specialist.save()
    wecom.members = [Member("wang.fang", "王芳")]
    known(wecom, interview.application.candidate)
    FollowUp.objects.all().delete()

    rung(wecom.say(LI, words))

    follow_up = FollowUp.objects.get(kind="asked")
    assert (follow_up.note, follow_up.state) == (words, "open")
    assert specialist.name in read(wecom)[-1]
    assert wecom.kf.conversation(KF, LI).state == handed
    # A colleague has the conversation: nothing is answered by itself any more, and nothing says that it is.
    count = len(read(wecom))
    assert ("回复“进度”" in read(wecom)[-1]) == (handed != customers.HUMAN)
    rung(wecom.say(LI, "进度"))
    assert len(read(wecom)) - count == (handed != customers.HUMAN)


def test_who_cannot_be_handed_over_waits_in_the_queue_and_is_called_all_the_same(
    wecom: WeComEmulator, interview: Interview
) -> None:
    known(wecom, interview.application.candidate)
    rung(wecom.say(LI, "人工"))
    assert wecom.kf.conversation(KF, LI).state == customers.QUEUE
    assert FollowUp.objects.filter(kind="asked", note__contains="人工").exists()


@pytest.mark.parametrize("token", ["", "forged", "x" * 128, "../../etc"])
def test_who_comes_without_a_link_of_ours_learns_nothing(
    wecom: WeComEmulator, interview: Interview, token: str
) -> None:
    assert rung(wecom.enter(LI, scene_param=token)) == ["" if token == "" else "link_unknown"]
    assert rung(wecom.say(LI, "进度")) == ["not_known"]
    assert Conversation.objects.get().addressee is None
    assert not any(interview.application.candidate.name in words for words in read(wecom))
    assert not CandidateNote.objects.exists() and not FollowUp.objects.filter(kind="asked").exists()


def test_one_link_is_one_persons(wecom: WeComEmulator, interview: Interview) -> None:
    """Passed on, it says nothing to the second; another WeChat of one's own takes another link."""
    candidate = interview.application.candidate
    token = token_for(candidate)
    assert rung(wecom.enter(LI, scene_param=token)) == [""]
    assert rung(wecom.enter("wmOther", scene_param=token)) == ["link_used_by_another"]
    assert rung(wecom.enter(LI, scene_param=token)) == [""]
    rung(wecom.say("wmOther", "进度"))
    assert candidate.name not in "".join(read(wecom, "wmOther"))

    assert rung(wecom.enter("wmNew", scene_param=token_for(candidate))) == [""]
    theirs = Conversation.objects.filter(addressee_id=candidate.pk)
    assert list(theirs.values_list("external_userid", flat=True)) == ["wmNew"]
    assert rung(wecom.say(LI, "进度")) == ["not_known"]


def test_a_link_of_long_ago_is_over(wecom: WeComEmulator, interview: Interview) -> None:
    token = token_for(interview.application.candidate)
    ConversationLink.objects.update(expires_at=timezone.now())
    assert rung(wecom.enter(LI, scene_param=token)) == ["link_expired"]


def test_what_was_read_and_how_far_are_one(wecom: WeComEmulator, interview: Interview) -> None:
    """Short and empty pages, the same twice, a lost answer, and a process that dies in between."""
    known(wecom, interview.application.candidate)
    wecom.kf.page = 1
    for number in range(4):
        wecom.say(LI, f"进度 {number}")
    wecom.fail("kf/sync_msg", half_an_answer())
    before = ConversationCursor.objects.get().cursor
    assert tasks.conversations() == 0
    place = ConversationCursor.objects.get()
    assert (place.cursor, place.failing_since is not None) == (before, True)

    assert (tasks.conversations(), tasks.conversations()) == (4, 0)
    handling.act_on_due()
    assert Callback.objects.filter(event=reading.WROTE).count() == 5
    # The place was lost: everything is read again and kept once.
    ConversationCursor.objects.update(cursor="")
    assert tasks.conversations() == 0
    assert Callback.objects.filter(event=reading.WROTE).count() == 5


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "account_unknown"),
        ({"OpenKfId": "wkNobody"}, "account_unknown"),
        ({"Token": "x" * 300}, "account_unknown"),
        ({"OpenKfId": KF}, ""),
        ({"OpenKfId": KF, "Token": "forged"}, ""),
    ],
)
def test_a_call_that_lacks_something_leads_to_reading_and_to_nothing_else(
    wecom: WeComEmulator, interview: Interview, fields: dict[str, str], code: str
) -> None:
    envelope = call_back(wecom, {"MsgType": "event", "Event": "kf_msg_or_event", **fields})
    assert envelope is not None
    Client().post("/hooks/wecom", envelope.body, content_type="text/xml", query_params=envelope.query)
    handling.act_on_due()
    assert list(Callback.objects.values_list("state", "code")) == [("done", code)]


def test_what_wecom_never_called_about_is_read_within_a_minute(
    wecom: WeComEmulator, interview: Interview
) -> None:
    known(wecom, interview.application.candidate)
    wecom.say(LI, "进度")
    assert tasks.conversations() == 1
    handling.act_on_due()
    assert "进度" not in read(wecom)[-1] and len(read(wecom)) == 3


def test_a_token_that_is_too_old_is_done_without(wecom: WeComEmulator, interview: Interview) -> None:
    known(wecom, interview.application.candidate)
    envelope = wecom.say(LI, "进度")
    wecom.kf.tokens.clear()
    assert rung(envelope) == [""]


def test_messages_go_by_wechat_while_the_window_is_open(wecom: WeComEmulator, finished: Interview) -> None:
    candidate = finished.application.candidate
    known(wecom, candidate)
    made = house.message(to=candidate, interview=finished, kind="completed")
    deliver_due()
    made.refresh_from_db()
    assert [(one.channel, one.state) for one in made.deliveries.all()] == [("kf", "accepted")]
    assert made.subject in read(wecom)[-1]


def channels_of(message: Message) -> list[tuple[str, str, str]]:
    return list(message.deliveries.order_by("seq").values_list("channel", "state", "last_code"))


def test_the_fifth_is_left_for_a_person_and_goes_another_way(
    wecom: WeComEmulator, finished: Interview
) -> None:
    candidate = finished.application.candidate
    known(wecom, candidate)
    sent = [
        house.message(to=candidate, interview=finished, kind="completed", key=f"m{number}")
        for number in range(5)
    ]
    deliver_due()
    assert [channels_of(one)[0][0] for one in sent] == ["kf"] * 5
    assert [channels_of(one)[-1][0] for one in sent] == ["kf", "kf", "kf", "email", "email"]
    assert all(one.shown for one in wecom.kf.sent)


def test_after_two_days_it_is_closed_and_opens_when_they_write(
    wecom: WeComEmulator, finished: Interview
) -> None:
    candidate = finished.application.candidate
    known(wecom, candidate)
    with time_machine.travel(timezone.now() + timedelta(hours=48, seconds=1)):
        wecom.invalidate_tokens()
        late = house.message(to=candidate, interview=finished, kind="completed", key="late")
        deliver_due()
    assert [one[0] for one in channels_of(late)] == ["email"]
    assert wechat.open_conversation(ref(candidate)) is not None


@pytest.mark.parametrize("kind", [4, 5, 6, 10])
def test_what_wecom_took_and_did_not_show_goes_another_way(
    wecom: WeComEmulator, finished: Interview, kind: int
) -> None:
    candidate = finished.application.candidate
    known(wecom, candidate)
    made = house.message(to=candidate, interview=finished, kind="completed")
    deliver_due()
    event = {
        "event_type": "msg_send_fail",
        "fail_msgid": made.deliveries.get().provider_key,
        "fail_type": kind,
    }
    customers.note(
        wecom, KF, customers.OF_SYSTEM, external_userid=LI, msgtype="event",
        event={**event, "external_userid": LI, "open_kfid": KF},
    )  # fmt: skip
    tasks.conversations()
    handling.act_on_due()

    first, second = channels_of(made)
    assert first[:2] == ("kf", "failed") and first[2].startswith("kf_")
    assert second[:2] == ("email", "pending")
    made.refresh_from_db()
    assert made.state == "planned"
    # Nothing more goes there before they write again.
    assert wechat.open_conversation(ref(candidate)) is None


@pytest.mark.parametrize("state", [customers.QUEUE, customers.HUMAN, customers.ENDED])
def test_a_conversation_that_is_a_persons_is_left_to_them(
    wecom: WeComEmulator, finished: Interview, state: int
) -> None:
    candidate = finished.application.candidate
    known(wecom, candidate)
    wecom.kf.conversation(KF, LI).state = state
    made = house.message(to=candidate, interview=finished, kind="completed")
    deliver_due()
    assert [one[0] for one in channels_of(made)] == ["kf", "email"]


def test_an_answer_that_got_lost_is_repeated_once_under_its_name(
    wecom: WeComEmulator, finished: Interview
) -> None:
    candidate = finished.application.candidate
    known(wecom, candidate)
    made = house.message(to=candidate, interview=finished, kind="completed")
    shown = len(read(wecom))
    wecom.fail("kf/send_msg", half_an_answer(), times=None)
    moment = timezone.now()
    for _try in range(5):
        moment += timedelta(minutes=1)
        with time_machine.travel(moment):
            deliver_due()
    made.refresh_from_db()
    assert (made.state, len(read(wecom)) - shown) == ("ambiguous", 1)
    assert Delivery.objects.get(message=made).attempts.exclude(outcome="ambiguous").count() == 2


def test_wecom_that_is_busy_answers_a_little_later(wecom: WeComEmulator, interview: Interview) -> None:
    known(wecom, interview.application.candidate)
    wecom.fail("kf/send_msg", errcode(-1))
    assert rung(wecom.say(LI, "进度")) == ["busy_-1"]
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        handling.act_on_due()
    assert Callback.objects.latest("pk").state == "done"
    assert len(read(wecom)) == 3
    assert CandidateNote.objects.count() == 1


def test_what_they_wrote_goes_with_them(wecom: WeComEmulator, interview: Interview) -> None:
    candidate = interview.application.candidate
    known(wecom, candidate)
    wechat.forget(ref(candidate))
    assert not Conversation.objects.exists() and not ConversationLink.objects.exists()
    assert not Callback.objects.exclude(event=reading.EVENT).exists()


def test_whoever_is_not_known_is_forgotten_after_ninety_days(
    wecom: WeComEmulator, interview: Interview
) -> None:
    candidate = interview.application.candidate
    known(wecom, candidate)
    rung(wecom.say("wmStranger", "你好"))
    former, new = token_for(candidate), "wmNewPhone"
    rung(wecom.enter(new, scene_param=former))  # whose first WeChat is nobody's from now on

    with time_machine.travel(timezone.now() + timedelta(days=89)):
        retention.forget_all()
        assert Conversation.objects.count() == 3
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        Callback.objects.filter(conversation__external_userid="wmStranger").update(state="waiting")
        retention.forget_all()
    assert [(one.external_userid, one.addressee) for one in Conversation.objects.all()] == [
        (new, ref(candidate))
    ]
    assert set(Callback.objects.values_list("conversation__external_userid", flat=True)) <= {new, None}
    assert set(ConversationLink.objects.values_list("used_by__external_userid", flat=True)) == {new}
