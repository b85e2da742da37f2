"""The link, the confirm page, the cookie and the room's page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from people.actors import Party
from recruitment.models import Interview, RoomLink, RoomSession
from recruitment.services import links
from tests.recruitment.room.conftest import Browser, everything, make_interview


def test_the_confirm_page_says_what_will_happen_and_changes_nothing(interview: Interview) -> None:
    browser = Browser(interview)
    before = everything(interview)
    answer = browser.client.get(f"/i/{browser.token}")
    page = answer.content.decode()
    assert answer.status_code == 200
    for word in ("林晓", "数据分析师", "自我介绍", "专业问题", "情景模拟", "李静", "021 5555 0101"):
        assert word in page
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    assert everything(interview) == before
    assert "room" not in answer.cookies


def test_the_page_carries_the_moment_for_readers_by_another_clock(interview: Interview) -> None:
    page = Browser(interview)
    text = page.client.get(f"/i/{page.token}").content.decode()
    closes = Interview.objects.get(pk=interview.pk).window_closes_at.isoformat()
    assert (
        f'hidden data-here-at="{closes}" data-zone="Asia/Shanghai" data-words="您所在地时间：{{here}}"'
        in text
    )
    assert "（北京时间）" in text
    assert 'src="/static/room/clocks.js"' in text


def test_posting_the_form_gives_the_cookie_and_leads_to_the_room(interview: Interview) -> None:
    browser = Browser(interview)
    page = browser.client.get(f"/i/{browser.token}")
    answer = browser.client.post(f"/i/{browser.token}", {"csrfmiddlewaretoken": page.context["csrf_token"]})
    assert (answer.status_code, answer["Location"]) == (302, "/room/")
    cookie = answer.cookies["room"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"], cookie["path"]) == (
        True,
        "Lax",
        "",
        "/",
    )
    assert browser.client.get("/room/").status_code == 200
    assert Interview.objects.get(pk=interview.pk).state == "scheduled"


def test_over_https_the_cookie_carries_the_host_prefix(interview: Interview) -> None:
    client = Client()
    token = links.mint(interview_id=interview.pk, by=Party.SYSTEM)
    answer = client.post(f"/i/{token}", secure=True)
    cookie = answer.cookies["__Host-room"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    assert client.get("/room/", secure=True).status_code == 200
    client.cookies["room"] = client.cookies.pop("__Host-room").value
    assert client.get("/room/", secure=True).status_code == 401


def test_without_djangos_token_the_form_is_refused(interview: Interview) -> None:
    browser = Browser(interview)
    assert browser.client.post(f"/i/{browser.token}").status_code == 403
    assert not RoomSession.objects.exists()


def test_the_link_stays_good_for_returning_and_several_may_be_live(interview: Interview) -> None:
    first, second = Browser(interview).open(), Browser(interview).open()
    first.open()
    assert RoomSession.objects.filter(interview=interview).count() == 3
    assert [each.send("GET", "state").status_code for each in (first, second)] == [200, 200]


def test_an_unknown_link_is_404_and_says_so_kindly(db: None) -> None:
    for token in ("x", "a" * 43, "链接", "a" * 2000):
        answer = Client().get(f"/i/{token}")
        assert (answer.status_code, answer.context["code"]) == (404, "link_unknown")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expires_at": timezone.now() - timedelta(days=1)}, "link_expired"),
        ({"revoked_at": timezone.now() - timedelta(days=1)}, "link_revoked"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_dead_link_is_410_and_opens_nothing(
    interview: Interview, change: dict, code: str, method: str
) -> None:
    token = links.mint(interview_id=interview.pk, by=Party.SYSTEM)
    RoomLink.objects.filter(interview=interview).update(**change)
    answer = getattr(Client(), method)(f"/i/{token}")
    assert (answer.status_code, answer.context["code"]) == (410, code)
    assert "<h1>" in answer.content.decode()
    assert not RoomSession.objects.exists()


def test_the_room_ends_with_its_link(interview: Interview) -> None:
    browser = Browser(interview).open()
    RoomLink.objects.filter(interview=interview).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert browser.client.get("/room/").status_code == 410
    answer = browser.send("GET", "state")
    assert (answer.status_code, answer.json()["code"]) == (410, "link_expired")


def test_a_revoked_link_takes_its_sessions_with_it(interview: Interview) -> None:
    browser = Browser(interview).open()
    links.revoke(link_id=RoomLink.objects.get().pk, by=Party.SYSTEM)
    for answer in (
        browser.client.get("/room/"),
        browser.send("GET", "state"),
        browser.send("POST", "heartbeat", {"epoch": 1}),
    ):
        assert answer.status_code == 401


def test_the_room_without_a_cookie_asks_for_the_link(db: None) -> None:
    answer = Client().get("/room/")
    assert (answer.status_code, answer.context["code"]) == (401, "no_session")


def test_the_page_carries_no_inline_script_and_asks_nothing_from_elsewhere(interview: Interview) -> None:
    page = Browser(interview).open().client.get("/room/").content.decode()
    scripts = [piece.split(">", 1) for piece in page.split("<script")[1:]]
    assert [tag for tag, _body in scripts] == [
        ' type="module" src="/static/room/room.js"',
        ' id="room-config" type="application/json"',
    ]
    assert "style=" not in page
    assert "onclick" not in page
    assert (
        "//"
        not in page.replace("<!doctype html>", "").replace("http://www.w3.org", "").split("</script>", 1)[1]
    )


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "zh-CN"), ("en", "en")])
def test_the_room_speaks_the_candidates_language(db: None, language: str, word: str) -> None:
    browser = Browser(make_interview(language=language)).open()
    assert browser.client.get("/room/").context["config"]["language"] == word
    title = browser.send("GET", "state").json()["stages"][0]["title"]
    assert title == ("自我介绍" if language == "zh-hans" else "Stage 1")


def test_another_language_may_be_asked_for_in_the_address(interview: Interview) -> None:
    browser = Browser(interview)
    assert '<html lang="en">' in browser.client.get(f"/i/{browser.token}?lang=en").content.decode()
    browser.open()
    assert '<html lang="en">' in browser.client.get("/room/?lang=en").content.decode()
    assert browser.send("GET", "state").json()["stages"][0]["title"] == "Stage 1"
    assert '<html lang="zh-hans">' in browser.client.get("/room/?lang=zh").content.decode()
    assert '<html lang="zh-hans">' in browser.client.get("/room/?lang=xx").content.decode()


def test_a_link_is_not_exchanged_without_end(interview: Interview) -> None:
    client = Client()
    token = links.mint(interview_id=interview.pk, by=Party.SYSTEM)
    answers = [client.post(f"/i/{token}").status_code for _ in range(32)]
    assert answers == [302] * 30 + [429] * 2
    assert client.get(f"/i/{token}").status_code == 200


def test_markup_in_names_is_shown_as_text(db: None) -> None:
    browser = Browser(make_interview(name="<b>林</b>", plan_notes="<script>alert(1)</script>"))
    page = browser.client.get(f"/i/{browser.token}").content.decode()
    assert "<b>林" not in page
    assert "<script>alert" not in page


def test_other_methods_are_refused(interview: Interview) -> None:
    browser = Browser(interview).open()
    assert Client().put(f"/i/{browser.token}").status_code == 405
    assert browser.client.post("/room/").status_code in (403, 405)
