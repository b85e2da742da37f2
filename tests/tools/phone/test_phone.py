"""The demo's phones: what lies on them, what is pressed and typed, and that no real company has any."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.process import serve
from messaging import connected, wechat
from messaging.delivery import deliver_due
from messaging.enums import DeliveryState, MessageState
from messaging.models import Callback, ConversationLink, Delivery, Message, SmsConnection, WeComConnection
from messaging.refs import ref
from messaging.wecom.cards import Button, Card
from messaging.wecom.client import WeComClient
from recruitment.models import RoomLink
from tests.factories import notifications as make
from tests.factories import people, recruitment
from tools.phone import connecting, place, reading
from tools.phone.__main__ import sms_of
from tools.phone.reaching import Hands, Unreachable
from tools.sms.emulator import SIGNATURE

pytestmark = pytest.mark.django_db
PAGE = reverse("phone")
ROOT = Path(__file__).resolve().parents[3]


def sent(to: Any, text: str, *, channel: str = "email", minutes_ago: int = 0, **fields: Any) -> Message:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    whom = ref(to)
    colleague = {"user": to} if whom.type == "people.user" else {}
    other = {} if colleague else {"addressee_type": whom.type, "addressee_id": whom.id}
    message = Message.objects.create(
        kind="guide", audience="candidate", recipient_name=to.name, language="zh-hans", subject="面试指引", body=text,
        due_at=at, state=MessageState.ACCEPTED, accepted_at=at, idem_key=f"{whom.type}-{whom.id}-{text}"[:160],
        **colleague, **other, **fields,
    )  # fmt: skip
    Delivery.objects.create(message=message, channel=channel, state=DeliveryState.ACCEPTED, accepted_at=at)
    return message


def texts(page: Any) -> list[str]:
    return [str(one.text) for one in page.context["shown"]]


def wecom() -> WeComClient:
    return WeComClient.from_settings(connected.wecom())


def test_a_colleagues_phone_shows_wecom_and_mail_newest_first_with_links(phones, hr):
    person = people.recruiter(name="李文静", wecom_userid="demo-li")
    sent(person, "早先的邮件 <b>", minutes_ago=5)
    wecom().send_text(userid="demo-li", content="请看 https://hr.example.com/a?b=1&c=2，谢谢")
    wecom().send_text(userid="demo-hr", content="给别人的")
    page = hr.get(PAGE, {"who": f"people.user:{person.pk}"})
    address = "https://hr.example.com/a?b=1&amp;c=2"
    assert texts(page) == [
        f'请看 <a href="{address}" target="_blank" rel="noopener">{address}</a>，谢谢',
        "早先的邮件 &lt;b&gt;",
    ]
    assert [one.name for one in page.context["people"]] == ["李文静"]
    screen = page.content.decode().split('class="hs-phones"')[1]
    assert "微信客服" not in screen
    # Whoever looks is somebody else: what the message leads to opens for its reader alone.
    assert address in screen and f'href="{address}"' not in screen and "只有李文静本人能打开" in screen
    own = Client()
    own.force_login(person)
    theirs = own.get(PAGE, {"who": f"people.user:{person.pk}"}).content.decode()
    assert f'href="{address}"' in theirs and "本人能打开" not in theirs


def test_a_button_is_pressed_through_wecom_which_calls_back(phones, hr):
    person = people.recruiter(wecom_userid="demo-li")
    card = Card(
        "请联系候选人",
        "请在18:00之前联系。",
        (Button("认领", key="claim"), Button("打开", url="https://hr.example.com/")),
    )
    wecom().send_buttons(userid="demo-li", card=card, task_id="d-1")
    who = f"people.user:{person.pk}"
    (shown,) = hr.get(PAGE, {"who": who}).context["shown"]
    assert [(one.text, one.key, one.url) for one in shown.buttons] == [
        ("认领", "claim", ""), ("打开", "", "https://hr.example.com/")
    ]  # fmt: skip
    answer = hr.post(reverse("phone_press"), {"who": who, "msgid": shown.msgid, "key": "claim"})
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?who=people.user%3A{person.pk}")
    envelope = phones.envelopes[-1]
    callback = Client().post(
        reverse("wecom-hook"), envelope.body, content_type="text/xml", query_params=envelope.query
    )
    assert callback.status_code == 200
    assert Callback.objects.get().event == "template_card_event"
    code = list(phones.response_codes)[-1]
    wecom().replace_buttons(userid="demo-li", response_code=code, text="已由您认领")
    (shown,) = hr.get(PAGE, {"who": who}).context["shown"]
    assert shown.replaced == "已由您认领"
    before = len(phones.envelopes)
    for key in ("claim", "forged"):
        hr.post(reverse("phone_press"), {"who": who, "msgid": shown.msgid, "key": key})
    assert len(phones.envelopes) == before, "a button that is gone, or never was, is pressed by nobody"


def test_a_candidate_writes_to_the_service_and_opens_the_link_of_a_mail(phones, hr):
    interview = recruitment.interview()
    candidate = interview.application.candidate
    message = sent(
        candidate,
        "参加面试：{room_link} {wechat_link}",
        origin_type="recruitment.interview",
        origin_id=interview.pk,
        minutes_ago=1,
    )
    who = f"recruitment.candidate:{candidate.pk}"
    assert hr.post(reverse("phone_say"), {"who": who, "words": " 进度 "}).status_code == 302
    hr.post(reverse("phone_say"), {"who": who, "words": " "})
    assert [entry["text"]["content"] for _at, entry in phones.kf.log] == ["进度"]
    page = hr.get(PAGE, {"who": who})
    assert [(one.channel, one.is_theirs, one.opens, one.links) for one in page.context["shown"]] == [
        ("kf", True, None, ()), ("email", False, message.pk, (0, 1))
    ]  # fmt: skip
    assert RoomLink.objects.count() == 0, "looking makes no link"
    answer = hr.post(reverse("phone_open", args=[message.pk, 0]))
    assert (answer.status_code, RoomLink.objects.count()) == (302, 1)
    assert Client().get(answer["Location"]).status_code == 200
    assert hr.get(reverse("phone_open", args=[message.pk, 0])).status_code == 405
    assert hr.post(reverse("phone_open", args=[sent(candidate, "ohne").pk, 0])).status_code == 404
    assert hr.post(reverse("phone_open", args=[message.pk, 2])).status_code == 404
    kf = hr.post(reverse("phone_open", args=[message.pk, 1]))["Location"]
    assert "/admin/phone/kf/wkDemo?enc_scene=hr&scene_param=" in kf


def test_the_conversation_is_opened_by_the_address_that_a_message_holds(phones, hr):
    candidate = recruitment.candidate()
    sent(candidate, "x")
    address = phones.kf_url.removeprefix("http://localhost:8000").removeprefix("http://127.0.0.1:8000")
    page = hr.get(f"{address}wkDemo?enc_scene=invite&scene_param=abc")
    assert (page.status_code, page.context["how"]) == (200, {"scene": "invite", "param": "abc"})
    assert [one.name for one in page.context["people"]] == [candidate.name]
    who = f"recruitment.candidate:{candidate.pk}"
    hr.post(reverse("phone_entered"), {"who": who, "scene": "invite", "param": "abc"})
    (event,) = [entry["event"] for _at, entry in phones.kf.log]
    assert (event["scene"], event["scene_param"]) == ("invite", "abc")
    hr.post(reverse("phone_entered"), {"who": who})
    own = phones.kf.log[-1][1]["event"]
    link = ConversationLink.objects.get(addressee_id=candidate.pk)
    assert (own["scene"], wechat.digest(own["scene_param"])) == ("hr", link.token_hash)


def test_what_wecom_showed_before_the_emulator_began_anew_is_still_there(phones, hr):
    person = people.recruiter(wecom_userid="demo-li")
    sent(person, "昨天的", channel="wecom", minutes_ago=60)
    accepted = wecom().send_text(userid="demo-li", content="今天的")
    again = sent(person, "今天的，账本里的", channel="wecom")
    again.deliveries.update(provider_id=accepted.msgid)
    assert texts(hr.get(PAGE, {"who": f"people.user:{person.pk}"})) == ["今天的", "昨天的"]


@pytest.mark.parametrize(
    "who", ["people.user:0", "people.user:x", "nobody:1", "x", "people.user:" + "9" * 40]
)
def test_nobody_has_no_phone(phones, hr, who):
    assert hr.get(PAGE, {"who": who}).status_code == 404
    assert hr.post(reverse("phone_say"), {"who": who, "words": "x"}).status_code == 404
    assert hr.post(reverse("phone_entered"), {"who": who}).status_code == 404


def test_it_is_for_staff(phones):
    client = Client()
    client.force_login(people.manager())
    for name in ("phone", "phone_press", "phone_say", "phone_entered"):
        assert client.post(reverse(name)).status_code == 302


def test_a_phone_that_does_not_answer_is_said_and_mails_are_still_shown(home, hr):
    connecting.connect(home)
    connected.forget()
    candidate = recruitment.candidate()
    sent(candidate, "一封邮件")
    page = hr.get(PAGE)
    assert (page.context["is_away"], texts(page)) == (True, ["一封邮件"])
    answer = hr.post(reverse("phone_say"), {"who": f"recruitment.candidate:{candidate.pk}", "words": "进度"})
    assert "演示手机没有响应" in hr.get(answer["Location"]).content.decode()


def test_only_who_has_the_key_reads_and_presses(phones, home):
    found = place.read(home)
    assert found is not None
    for key in ("", "wrong"):
        answer = requests.post(f"{found.url}/phone/lies", json={}, headers={"X-Phone-Key": key}, timeout=5)
        assert (answer.status_code, answer.json()) == (404, {})
    answer = requests.post(f"{found.url}/phone/lies", json={}, headers={"X-Phone-Key": found.key}, timeout=5)
    assert answer.status_code == 422
    phones.key = ""
    with pytest.raises(LookupError):
        Hands(found).lies(userid="demo-hr", outside="")
    phones.__exit__()
    with pytest.raises(Unreachable):
        Hands(found).lies(userid="demo-hr", outside="")


def test_setting_up_twice_keeps_what_was_and_is_readable_by_its_owner_alone(home, hr):
    first, second = connecting.connect(home), connecting.connect(home)
    assert first == second
    row = WeComConnection.objects.get()
    assert (row.corp_id, row.secret, row.base_url) == ("ww-demo", first.secret, f"{first.url}/cgi-bin/")
    assert row.callback == (first.token, first.aes_key)
    assert ("demo-hr", "周敏", [1]) in first.members
    assert (home / place.NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("real", ["environment", "another", "out of use"])
def test_beside_a_wecom_of_ones_own_there_are_no_phones(home, hr, settings, real):
    connecting.connect(home)
    if real == "environment":
        settings.WECOM = {**settings.WECOM, "corp_id": "ww-real"}
    else:
        WeComConnection.objects.update(is_active=False)
    if real == "another":
        row = WeComConnection(corp_id="ww-real", agent_id=1)
        row.secret = "s" * 20
        row.save()
    connected.forget()
    if real != "environment":
        assert hr.get(PAGE).status_code == 404, "at once, not after the next start"
    assert connecting.connect(home) is None
    assert place.read(home) is None
    assert hr.get(PAGE).status_code == 404
    assert not WeComConnection.objects.filter(is_active=True, corp_id="ww-demo").exists()


def test_a_company_that_is_not_the_demos_has_no_such_page(home, hr):
    assert hr.get(PAGE).status_code == 404
    assert hr.post(reverse("phone_press"), {"msgid": "x", "key": "y"}).status_code == 404


def test_the_list_of_people_costs_the_same_for_one_and_for_many(phones, hr, django_assert_num_queries):
    counts = []
    for _number in range(2):
        for _one in range(3):
            sent(recruitment.candidate(name="李四"), "x")
        with django_assert_num_queries(2):
            counts.append(len(reading.people()))
    assert counts == [3, 6]


class Prepared:
    """What `serve.prepare` needs of a supervisor."""

    def __init__(self, after: Any = None) -> None:
        self.children: list[Any] = []
        self._after = after

    def once(self, name: str, command: list[str]) -> int:
        if self._after is not None:
            self._after()
        return 0

    def add(self, child: Any) -> None:
        self.children.append(child)


def test_who_has_only_a_number_is_told_by_text_message(phones, home, hr, monkeypatch):
    """By the provider's own protocol, with the one text that it approved; the page shows what it says and its link."""
    candidate = recruitment.candidate("李雷", phone="+8613800138000", email="")
    interview = recruitment.interview(recruitment.application(candidate=candidate), state="completed")
    message = make.message(to=candidate, interview=interview, kind="completed")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with sms_of(place.read(home)) as provider:
        deliver_due()
        (text,) = provider.texts
    assert text.phone == "13800138000" and "李雷" in str(text.values)
    message.refresh_from_db()
    assert (message.state, message.deliveries.get().channel) == ("accepted", "sms")
    (shown,) = hr.get(PAGE, {"who": f"{ref(candidate).type}:{candidate.pk}"}).context["shown"]
    values = {name: str(value) for name, value in text.values.items()}
    assert (shown.channel, shown.title, shown.links) == ("sms", "", ())
    assert shown.text == f"【{SIGNATURE}】{values['name']}您好，{values['subject']}。", (
        "what went out, and no mail"
    )


def test_a_text_shows_the_one_link_that_it_has(phones, home, hr, monkeypatch):
    """A guide holds the room's link and WeChat's: on the phone lies the approved text with the first of them."""
    candidate = recruitment.candidate("李雷", phone="+8613800138000", email="")
    interview = recruitment.interview(recruitment.application(candidate=candidate))
    message = make.message(to=candidate, interview=interview, kind="guide")
    assert all(link.mark in message.body for link in reading.LINKS)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with sms_of(place.read(home)) as provider:
        deliver_due()
        (text,) = provider.texts
    (shown,) = hr.get(PAGE, {"who": f"{ref(candidate).type}:{candidate.pk}"}).context["shown"]
    assert (shown.opens, shown.links) == (message.pk, (0,))
    assert "详情：" in str(shown.text) and "kfid" not in str(shown.text) and "••••" in str(shown.text)
    token = str(text.values["link"]).rpartition("/")[2]
    assert token and token not in str(shown.text), "a link that was made for one try stands nowhere"


def test_beside_an_sms_account_of_ones_own_the_demos_is_none(home, hr):
    row = SmsConnection(provider="tencent", key_id="AKID-real", application="1", signature="示例")
    row.secret = "s" * 20
    row.save()
    assert connecting.connect(home).sms_port == 0
    assert list(SmsConnection.objects.values_list("key_id", flat=True)) == ["AKID-real"]
    assert connecting.connect(home).sms_port == 0


def test_the_process_runs_beside_a_demo_alone(home):
    (home / serve.PHONES).write_text("{}")
    without = Prepared()
    serve.prepare(without, home, with_demo=False)
    assert (without.children, (home / serve.PHONES).exists()) == ([], False)
    with_demo = Prepared(lambda: (home / serve.PHONES).write_text("{}"))
    serve.prepare(with_demo, home, with_demo=True)
    (child,) = with_demo.children
    assert (child.name, child.command()[1:]) == ("phones", ["-m", "tools.phone", str(home)])
    assert serve.PHONES == place.NAME


def test_the_process_serves_until_it_is_told_to_stop(home, hr):
    command = [sys.executable, "-m", "tools.phone", str(home)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=30).returncode == 1
    found = connecting.connect(home)
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                nothing = {"messages": [], "said": [], "requests": []}
                assert Hands(found).lies(userid="demo-hr", outside="") == nothing
                break
            except Unreachable:
                assert time.monotonic() < deadline
                time.sleep(0.1)
    finally:
        process.terminate()
    assert process.wait(20) == 0
