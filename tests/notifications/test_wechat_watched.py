"""微信客服 is watched like the other channels, and the candidate's page leads there by a link that knows who comes."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from messaging import health, invariants
from messaging.conversations import reading
from messaging.models import Conversation, ConversationCursor, ConversationLink, WeComConnection
from messaging.providers.errors import ProviderError
from messaging.refs import ref
from people.enums import Role
from recruitment.models import Interview
from recruitment.services import links
from tests.factories import people
from tests.notifications.test_conversation import (  # noqa: F401 -- fixtures
    KF,
    LI,
    interview,
    rung,
    wecom,
)
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import answer_with, errcode

pytestmark = pytest.mark.django_db(transaction=True)
UNREAD = "微信客服的消息自"


def test_when_it_was_read_and_what_wecom_answers(wecom: WeComEmulator) -> None:  # noqa: F811
    assert health.conversations() == {"wechat_read_seconds": None, "wechat_failing": ""}
    reading.read_all()
    read = health.conversations()
    assert isinstance(read["wechat_read_seconds"], float) and read["wechat_read_seconds"] < 60
    wecom.fail("kf/sync_msg", errcode(48002), times=None)
    with pytest.raises(ProviderError):
        reading.read(KF)
    # The job itself does not fail: what is wrong is said once, not every minute.
    assert reading.read_all() == 0
    since = ConversationCursor.objects.get().failing_since
    assert since is not None and health.conversations()["wechat_failing"] == "forbidden_48002"
    assert not invariants.not_read().exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert [row.account for row in invariants.not_read()] == [KF]

    page = Client()
    page.force_login(people.lead())
    row = WeComConnection.objects.get()
    assert UNREAD not in page.get("/admin/").content.decode()
    ConversationCursor.objects.update(failing_since=since - timedelta(minutes=6))
    readers = {people.lead(): 1, people.user(Role.ADMINISTRATOR): 1, people.recruiter(): 0}
    for person, times in readers.items():
        page.force_login(person)
        assert page.get("/admin/").content.decode().count(UNREAD) == times
    page.force_login(people.lead())
    shown = page.get(reverse("admin:messaging_wecomconnection_change", args=[row.pk])).content.decode()
    assert "没有调用此接口的权限" in shown

    wecom.heal()
    reading.read_all()
    assert health.conversations()["wechat_failing"] == ""
    assert UNREAD not in page.get("/admin/").content.decode()


def test_an_account_that_is_not_in_use_any_more_is_not_waited_for(wecom: WeComEmulator) -> None:  # noqa: F811
    ConversationCursor.objects.create(account="wkOld", read_at=timezone.now() - timedelta(days=9))
    assert not invariants.not_read().exists()


def inside(one: Interview) -> Client:
    """The candidate's browser, behind the own link."""
    browser = Client()
    browser.post(f"/i/{links.mint(interview_id=one.pk, by=people.recruiter())}")
    return browser


def test_the_page_leads_into_a_conversation_that_knows_who_comes(
    wecom: WeComEmulator,  # noqa: F811
    interview: Interview,  # noqa: F811
) -> None:
    browser = inside(interview)
    assert reverse("room:wechat") in browser.get("/room/application").content.decode()
    assert not ConversationLink.objects.exists()

    answer = browser.get(reverse("room:wechat"))

    assert answer.status_code == 302 and "no-store" in answer["Cache-Control"]
    query = parse_qs(urlsplit(answer["Location"]).query)
    rung(wecom.enter(LI, scene="hr", scene_param=query["scene_param"][0]))
    assert Conversation.objects.get().addressee == ref(interview.application.candidate)


def test_who_is_not_inside_gets_no_link(wecom: WeComEmulator, interview: Interview) -> None:  # noqa: F811
    assert Client().get(reverse("room:wechat")).status_code == 401
    assert inside(interview).head(reverse("room:wechat")).status_code == 405
    assert not ConversationLink.objects.exists()


def test_without_an_account_there_is_no_button(wecom: WeComEmulator, interview: Interview) -> None:  # noqa: F811
    row = WeComConnection.objects.get()
    row.kf_account = ""
    row.save()
    browser = inside(interview)
    assert reverse("room:wechat") not in browser.get("/room/application").content.decode()
    assert browser.get(reverse("room:wechat")).status_code == 404


def test_a_place_that_is_lost_or_refused_is_read_anew_and_nothing_is_acted_on_twice(
    wecom: WeComEmulator,  # noqa: F811
    interview: Interview,  # noqa: F811
) -> None:
    rung(wecom.enter(LI))
    rung(wecom.say(LI, "进度"))
    said = len(wecom.kf.sent)
    for cursor in ("", "a-place-of-another-time"):
        ConversationCursor.objects.update(cursor=cursor)
        assert reading.read_all() == 0
    assert len(wecom.kf.sent) == said
    assert ConversationCursor.objects.get().failing_since is None


def test_an_empty_page_that_promises_more_does_not_hold_the_job(wecom: WeComEmulator) -> None:  # noqa: F811
    wecom.fail("kf/sync_msg", answer_with(has_more=1, msg_list=[]), times=None)
    assert reading.read_all() == 0
    assert wecom.count("kf/sync_msg") == reading.MOST_PAGES
    wecom.heal()
    wecom.say(LI, "你好")
    assert reading.read_all() == 1


def test_three_days_without_reading_lose_what_wecom_drops_and_go_on(
    wecom: WeComEmulator,  # noqa: F811
) -> None:
    reading.read_all()
    wecom.say(LI, "第一天")
    wecom.advance(3 * 24 * 3600 + 60)
    wecom.invalidate_tokens()
    wecom.say(LI, "第四天")
    assert reading.read_all() == 1
    assert not invariants.not_read().exists()
