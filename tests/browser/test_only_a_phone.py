"""A candidate who has nothing but a phone number goes through a whole process, told by text message alone; colleagues
sign in, decide and are told through WeCom. Both are emulated behind real sockets, and call the suite back."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from messaging import approvals, cards
from messaging.callbacks import handling
from messaging.delivery import deliver_due
from messaging.models import Message
from messaging.services import connections
from messaging.told import telling_of
from notifications.tasks import ask_for_identities
from onboarding.services import templates
from recruitment.models import Application, Candidate, FollowUp, Interview, Offer
from recruitment.offers.services import offers
from recruitment.room import limits
from recruitment.services import scheduling
from tests.browser.phones import PHONE
from tests.browser.week.candidates import Phone
from tests.browser.week.holding import the_machine_scores
from tests.emulators.connected import AES_KEY, TOKEN, connection_to
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.factories.rounds import noon, planned
from tests.messaging.sms.conftest import GENERAL, NUMBERS, connection
from tests.recruitment.offers.test_offers import terms
from tools.sms.emulator import SmsEmulator
from tools.wecom.cipher import Box
from tools.wecom.emulator import WeComEmulator
from tools.wecom.world import Member

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
NUMBER, KF = "+8613800138000", "wkDemo"


class House:
    """Who works here, and the two providers."""

    def __init__(self, base: str, wecom: WeComEmulator, sms: SmsEmulator) -> None:
        self.base, self.wecom, self.sms = base, wecom, sms
        today = timezone.localdate()
        api.calendar(today.year, today.year + 1)
        templates.ensure_one()
        limits.counter.forget()
        self.recruiter = people.recruiter(name="王芳", wecom_userid="wang.fang")
        self.lead = people.lead(name="陈总监", wecom_userid="the.lead")
        people.lead(name="赵总监", wecom_userid="zhao")
        people.onboarder(name="赵敏", wecom_userid="zhao.min")
        wecom.members = [Member("wang.fang", "王芳"), Member("the.lead", "陈总监")]
        opening = make.opening(title="数据分析师", specialist=self.recruiter)
        candidate = make.candidate("李雷", phone=NUMBER, email="")
        self.application = make.application(opening, stage="screening", candidate=candidate)

    def pump(self) -> None:
        """What the pump does: twice, because one thing leads to another."""
        for _time in range(2):
            handling.act_on_due()
            approvals.act_on_due()
            deliver_due(limit=200)
            cards.refresh_due()

    def link(self) -> str:
        """The newest link that a text message brought, as a path."""
        found = [re.search(r"https?://\S+", str(one.values)) for one in self.sms.texts]
        links = [one[0] for one in found if one]
        return urlsplit(links[-1].rstrip("'\"},")).path

    def newest_card(self, userid: str) -> Any:
        shown = [one for one in self.wecom.messages if one.userid == userid and "template_card" in one.body]
        return shown[-1]

    def told(self) -> list[str]:
        """What the candidate was told of, in order."""
        theirs = Message.objects.to(Candidate.objects.get(phone=NUMBER)).exclude(state="cancelled")
        return list(theirs.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def house(live_server: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[House]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    settings.BASE_URL = live_server.url
    # It is told at any hour: what waits for the morning waits in other tests.
    monkeypatch.setattr("messaging.quiet.held", lambda due_at: due_at)
    cache.clear()
    with WeComEmulator() as wecom, SmsEmulator() as sms:
        wecom.kf.servicers[KF] = [("liwenjing", True)]
        row = connection_to(wecom, kf_account=KF)
        wecom.calls_back_to(f"{live_server.url}/hooks/wecom", Box(TOKEN, AES_KEY, row.corp_id))
        row.set_callback(TOKEN, AES_KEY)
        row.save()
        sms.provider = "aliyun"
        sms.templates[NUMBERS["aliyun"]] = ("approved", GENERAL)
        connection("aliyun", sms.url)
        made = House(live_server.url, wecom, sms)
        assert connections.test_wecom(row, by=made.lead) == []
        yield made


@pytest.fixture
def desk(browser: Browser, house: House) -> Iterator[Page]:
    """王芳 signs in with WeCom: by the page that asks who it is."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{house.base}{reverse('admin:login')}")
    page.get_by_text("用企业微信登录").click()
    page.get_by_role("link", name="王芳").click()
    expect(page).to_have_url(f"{house.base}{reverse('admin:index')}")
    yield page
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(**PHONE)
    yield context.new_page()
    context.close()


def opened(phone: Page, house: House) -> Page:
    """The link of the newest text message, tapped."""
    phone.goto(f"{house.base}{house.link()}")
    if phone.locator("form[method=post] button[type=submit]").count() and "/i/" in phone.url:
        phone.locator("form[method=post] button[type=submit]").first.click()
    return phone


def test_from_the_invitation_to_the_first_day(house: House, desk: Page, phone: Page) -> None:
    invited(house)
    left_and_called(house, desk)
    asked_how_it_stands(house, phone)
    came_back_and_was_invited(house)
    moved_the_round(house, phone)
    accepted_the_offer(house, desk, phone)
    gave_the_document(house, phone)
    asked_for_the_data(house, phone)
    every_sentence_about_telling_is_true(house, desk)


def invited(house: House) -> None:
    now = timezone.now()
    scheduling.schedule(
        application_id=house.application.pk,
        opens_at=now,
        closes_at=now + timedelta(days=3),
        by=house.recruiter,
    )
    house.pump()
    assert house.told() == ["guide"] and len(house.sms.texts) == 1
    assert house.sms.texts[0].phone == "13800138000"


def left_and_called(house: House, desk: Page) -> None:
    """Two press at once; the page, open meanwhile, says who has it."""
    Phone(house.base, house.application).enter().take(well=True, stages=1).leave("network")
    house.pump()
    assert house.told()[-1] == "interrupted" and len(house.sms.texts) == 2
    card = house.newest_card("wang.fang")
    house.wecom.press(card, "claim")
    house.wecom.press(card, "claim")
    house.pump()
    follow_up = FollowUp.objects.get(kind="exit")
    assert follow_up.assignee == house.recruiter
    assert [one["text"] for one in card.card["button_list"]] == ["已接通", "未接通", "改期"]
    desk.goto(f"{house.base}{reverse('admin:recruitment_followup_change', args=[follow_up.pk])}")
    expect(desk.get_by_text("王芳").first).to_be_visible()


def asked_how_it_stands(house: House, phone: Page) -> None:
    """进度 says what the page says; the page leads there, so that it is known who asks."""
    opened(phone, house)
    phone.goto(f"{house.base}/room/application")
    with phone.expect_request(lambda request: "scene_param=" in request.url) as there:
        phone.evaluate("fetch('/room/wechat', {redirect: 'manual'})")
        phone.context.route("https://work.weixin.qq.com/**", lambda route: route.fulfill(body="微信"))
        phone.get_by_role("link", name="在微信里咨询").click()
    scene = re.search(r"scene_param=([^&]+)", there.value.url)
    assert scene is not None
    house.wecom.enter("wmLiLei", scene="hr", scene_param=scene[1])
    house.pump()
    house.wecom.say("wmLiLei", "进度")
    house.pump()
    said = house.wecom.kf.of("wmLiLei")[-1].text
    phone.goto(f"{house.base}/room/")
    status = phone.evaluate("fetch('/room/api/status').then((answer) => answer.json())")
    assert status["situation"] == "interrupted"
    assert all(words in said for words in (status["sentence"], status["next"]["what"], *status["kept"]))


def came_back_and_was_invited(house: House) -> None:
    Phone(house.base, house.application).enter().take(well=True, after=1)
    the_machine_scores()
    house.pump()
    assert Application.objects.get(pk=house.application.pk).stage == "second_round"


def moved_the_round(house: House, phone: Page) -> None:
    planned(people.manager(name="孙经理"), of=house.application, at=noon(3))
    house.pump()
    before = Interview.objects.get(kind="people")
    phone.goto(f"{house.base}/room/times/")
    phone.locator("label.time").last.click()
    phone.get_by_role("button", name="改到这个时间").click()
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    after = Interview.objects.get(kind="people")
    assert after.window_opens_at != before.window_opens_at
    house.pump()
    assert house.told()[-1] == "rescheduled"


def accepted_the_offer(house: House, desk: Page, phone: Page) -> None:
    """Approved on one lead's card, while the other's says who was first."""
    made = offers.make(application_id=house.application.pk, terms=terms(), by=house.recruiter)
    house.pump()
    quick, slow = house.newest_card("the.lead"), house.newest_card("zhao")
    house.wecom.press(quick, "approve")
    house.pump()
    assert slow.replaced["button"]["replace_name"] == "陈总监已同意"
    desk.goto(f"{house.base}{reverse('admin:recruitment_offer_step', args=[made.pk, 'send'])}")
    desk.click(".hs-ask button[type=submit]")
    expect(desk).to_have_url(f"{house.base}{reverse('admin:recruitment_offer_change', args=[made.pk])}")
    house.pump()
    assert house.told()[-1] == "offer_sent"
    phone.goto(f"{house.base}/room/offer/")
    phone.fill("[name=name]", "李雷")
    phone.check("[name=consent]")
    phone.get_by_role("button", name="接受录用").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("接受")
    assert Offer.objects.get().state == "accepted"
    house.pump()


def gave_the_document(house: House, phone: Page) -> None:
    """Asked for by text an hour after accepting; once it is there nobody asks again."""
    Application.objects.filter(pk=house.application.pk).update(
        stage_since=timezone.now() - timedelta(hours=2)
    )
    assert ask_for_identities() == 1
    house.pump()
    assert house.told()[-1] == "identity_asked"
    opened(phone, house)
    phone.goto(f"{house.base}/room/identity/")
    phone.select_option("[name=kind]", "resident")
    phone.fill("[name=number]", "11010519491231002X")
    phone.fill("[name=address]", "广东省深圳市南山区科苑路 1 号 402 室")
    phone.locator("main form button[type=submit]").last.click()
    expect(phone.locator("main")).to_contain_text("002X")
    assert ask_for_identities() == 0


def asked_for_the_data(house: House, phone: Page) -> None:
    phone.goto(f"{house.base}/room/data")
    phone.locator("button[name=kind][value=data]").click()
    expect(phone.locator("button[name=kind][value=data]")).to_have_count(0)


def every_sentence_about_telling_is_true(house: House, desk: Page) -> None:
    """What the suite says was sent lies on the phone, by that channel and nowhere twice; nothing else lies there."""
    candidate = Candidate.objects.get(phone=NUMBER)
    rows = list(Message.objects.to(candidate).with_telling().order_by("pk"))
    by = {name: {one.provider_key for row in rows for one in row.deliveries.filter(channel=name, state="accepted")}
          for name in ("sms", "kf")}  # fmt: skip
    assert by["sms"] == {one.key for one in house.sms.texts} and len(by["sms"]) == len(house.sms.texts)
    messages = {one.msgid for one in house.wecom.kf.of("wmLiLei")}
    assert by["kf"] <= messages
    for row in rows:
        was_sent = str(telling_of(row).state) == "accepted"
        assert was_sent == (row.state == "accepted"), row.kind
        assert was_sent or row.state in ("cancelled", "planned", "coalesced"), (row.kind, row.state)
    assert set(house.told()) >= {"guide", "interrupted", "completed", "rescheduled", "offer_sent"}
    colleagues_read = "\n".join(str(one.body) for one in house.wecom.messages)
    sent = [timezone.localtime(row.accepted_at) for row in rows if row.accepted_at]
    minutes = {f"{at.month}-{at.day} {at:%H:%M}" for at in sent}
    told = set(re.findall(r"给候选人的通知：\w+，(\S+ \d\d:\d\d) 已发出", colleagues_read))
    assert told and told <= minutes, "no colleague reads of a sending that there was not"
    assert "候选人还不知情" not in colleagues_read and "没有因此给候选人发送通知" not in colleagues_read
    interview = Interview.objects.get(kind="room")
    desk.goto(f"{house.base}{reverse('admin:recruitment_interview_change', args=[interview.pk])}")
    page = desk.content()
    assert "短信" in page and "未送达" not in page
