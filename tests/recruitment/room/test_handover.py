"""A code for another device: made in the room, typed at /continue, good once and for ten minutes."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from people.actors import Party
from recruitment.models import HandoverCode, Interview, RoomLink, RoomSession
from recruitment.room import limits
from recruitment.services import handovers, links
from tests.recruitment.room.conftest import Browser, everything, make_interview


def code_of(browser: Browser) -> str:
    answer = browser.send("POST", "handover")
    assert answer.status_code == 200, answer.content
    assert set(answer.json()) == {"code", "expires_at"}
    return answer.json()["code"]


def typed(code: str, client: Client | None = None, **more: Any) -> Any:
    """What another device gets for a code: the page is opened and the form sent as a person does."""
    client = client or Client(enforce_csrf_checks=True)
    page = client.get("/continue", **more)
    assert page.status_code == 200
    body = {"code": code, "csrfmiddlewaretoken": page.context["csrf_token"]}
    return client.post("/continue", body, **more)


def test_a_code_opens_the_same_interview_on_another_device(candidate: Browser) -> None:
    code = code_of(candidate)
    assert re.fullmatch(rf"[{handovers.ALPHABET}]{{4}}-[{handovers.ALPHABET}]{{4}}", code)
    other = Client(enforce_csrf_checks=True)
    answer = typed(code, other)
    assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (302, "/room/", "no-store")
    cookie = answer.cookies["room"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    session = RoomSession.objects.latest("pk")
    assert session.link == RoomLink.objects.get()
    state = other.get("/room/api/state").json()
    assert (state["state"], state["epoch"]) == ("in_progress", candidate.epoch), "nothing is taken over yet"
    entered = other.post("/room/api/enter", {}, content_type="application/json")
    assert entered.json()["epoch"] == candidate.epoch + 1
    stale = candidate.send("POST", "heartbeat", {"epoch": candidate.epoch})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_epoch")


def test_the_code_is_kept_only_as_a_keyed_hash(candidate: Browser, settings: Any) -> None:
    code = handovers.tidy(code_of(candidate))
    row = HandoverCode.objects.get()
    assert row.code_hash == handovers.digest(code)
    assert row.code_hash != links.digest(code)
    assert code not in str(HandoverCode.objects.values_list().get())
    assert timedelta(minutes=9) < row.expires_at - timezone.now() <= timedelta(minutes=10)
    settings.SECRET_KEY = "another key of another installation"
    assert row.code_hash != handovers.digest(code)


@pytest.mark.parametrize(
    "write", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code[:4]}—{code[5:]} "]
)
def test_how_it_is_typed_does_not_matter(candidate: Browser, write: Any) -> None:
    assert typed(write(code_of(candidate))).status_code == 302


def test_wide_characters_are_taken_too(candidate: Browser) -> None:
    code = code_of(candidate).replace("-", "")
    assert typed("".join(chr(ord(letter) + 0xFEE0) for letter in code)).status_code == 302


def used_up(candidate: Browser) -> str:
    code = code_of(candidate)
    assert typed(code).status_code == 302
    return code


def expired(candidate: Browser) -> str:
    code = code_of(candidate)
    HandoverCode.objects.update(expires_at=timezone.now())
    return code


def replaced(candidate: Browser) -> str:
    code = code_of(candidate)
    code_of(candidate)
    return code


def of_a_revoked_link(candidate: Browser) -> str:
    code = code_of(candidate)
    links.revoke(link_id=RoomLink.objects.get().pk, by=Party.SYSTEM)
    return code


def of_an_expired_link(candidate: Browser) -> str:
    code = code_of(candidate)
    RoomLink.objects.update(expires_at=timezone.now())
    return code


def wrong(candidate: Browser) -> str:
    code = code_of(candidate)
    return code[:-1] + next(letter for letter in handovers.ALPHABET if letter != code[-1])


@pytest.mark.parametrize(
    "make",
    [
        wrong,
        used_up,
        expired,
        replaced,
        of_a_revoked_link,
        of_an_expired_link,
        lambda _: "",
        lambda _: "链接\x00'",
    ],
)
def test_every_code_that_does_not_work_gets_the_same_answer(candidate: Browser, make: Any) -> None:
    code = make(candidate)
    before = (everything(candidate.interview), list(HandoverCode.objects.order_by("pk").values_list()))
    answer = typed(code)
    reference = typed("ZZZZ-ZZZZ")
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    assert body == re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", reference.content.decode())
    assert (answer.status_code, answer.context["code"]) == (404, "code_unknown")
    assert 'role="alert"' in body
    assert "room" not in answer.cookies
    assert (
        everything(candidate.interview),
        list(HandoverCode.objects.order_by("pk").values_list()),
    ) == before


def test_looking_at_the_page_changes_nothing_and_the_form_needs_djangos_token(candidate: Browser) -> None:
    code = code_of(candidate)
    before = everything(candidate.interview)
    client = Client(enforce_csrf_checks=True)
    page = client.get("/continue", {"code": code})
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    assert page["Cache-Control"] == "no-store"
    assert "<script" not in page.content.decode()
    assert code not in page.content.decode()
    assert client.post("/continue", {"code": code}).status_code == 403
    assert client.put("/continue").status_code in (403, 405)
    assert everything(candidate.interview) == before
    assert typed(code, client).status_code == 302


def test_over_https_the_cookie_carries_the_host_prefix(candidate: Browser) -> None:
    code = code_of(candidate)
    assert Client().post("/continue", {"code": code}, secure=True).cookies["__Host-room"]["secure"]


def test_the_page_is_chinese_unless_asked_otherwise() -> None:
    assert (
        '<html lang="zh-hans">' in Client(headers={"Accept-Language": "en"}).get("/continue").content.decode()
    )
    assert '<html lang="en">' in Client().get("/continue?lang=en").content.decode()


def test_the_room_shows_the_address_to_type(candidate: Browser) -> None:
    assert "testserver/continue" in candidate.client.get("/room/").content.decode()


def test_a_link_makes_five_codes_an_hour_and_only_the_last_works(candidate: Browser) -> None:
    codes = [code_of(candidate) for _ in range(handovers.MOST_AN_HOUR)]
    answer = candidate.send("POST", "handover")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_codes")
    assert [typed(code).status_code for code in codes] == [404, 404, 404, 404, 302]
    HandoverCode.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    code_of(candidate)
    assert HandoverCode.objects.count() == 1, "what is older than an hour is deleted"


def test_before_the_start_too_but_not_after_the_end(interview: Interview, browser_of: Any) -> None:
    browser = browser_of(interview)
    code_of(browser)
    browser.enter()
    assert browser.send("POST", "exit", {"epoch": browser.epoch, "choice": "give_up"}).status_code == 200
    answer = browser.send("POST", "handover")
    assert (answer.status_code, answer.json()["code"]) == (409, "ended")


def test_without_a_session_or_from_another_site_there_is_no_code(candidate: Browser) -> None:
    assert Client().post("/room/api/handover").status_code == 401
    assert candidate.send("POST", "handover", Origin="https://evil.example").status_code == 403
    assert candidate.send("GET", "handover").status_code == 405
    RoomLink.objects.update(expires_at=timezone.now())
    answer = candidate.send("POST", "handover")
    assert (answer.status_code, answer.json()["code"]) == (410, "link_expired")
    assert not HandoverCode.objects.exists()


def guess(client: Client, code: str = "ZZZZZZZZ", address: str = "203.0.113.7") -> int:
    """The status of one try."""
    if "csrftoken" not in client.cookies:
        client.get("/continue", REMOTE_ADDR=address)
    form = {"code": code, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    return client.post("/continue", form, REMOTE_ADDR=address).status_code


def test_guesses_are_limited_per_browser_and_nobody_else_behind_the_proxy_is_locked_out(
    candidate: Browser,
) -> None:
    one, another = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    assert guess(Client(enforce_csrf_checks=True), code_of(candidate)) == 302
    statuses = [guess(one) for _ in range(limits.WRONG_PER_BROWSER + 2)]
    assert statuses == [404] * limits.WRONG_PER_BROWSER + [429] * 2
    code = code_of(candidate)
    assert guess(one, code) == 429, "a right guess among too many is not told from a wrong one"
    assert guess(another, code) == 302, "the same address, another candidate"


def test_who_forgets_the_cookie_is_limited_by_the_address(candidate: Browser) -> None:
    statuses = [guess(Client(enforce_csrf_checks=True)) for _ in range(limits.WRONG_PER_ADDRESS + 2)]
    assert statuses == [404] * limits.WRONG_PER_ADDRESS + [429] * 2
    code = code_of(candidate)
    assert guess(Client(enforce_csrf_checks=True), code) == 429
    assert guess(Client(enforce_csrf_checks=True), code, "203.0.113.8") == 302


def test_all_addresses_together_are_limited_too(db: None) -> None:
    for _ in range(limits.WRONG_ALTOGETHER):
        limits.counter.take("code", limits.WRONG_ALTOGETHER)
    answer = Client().post("/continue", {"code": "ZZZZZZZZ"}, REMOTE_ADDR="203.0.113.9")
    assert (answer.status_code, answer.context["code"]) == (429, "too_many_requests")


@pytest.mark.parametrize(
    ("proxied", "remote", "forwarded", "expected"),
    [
        (False, "203.0.113.7", "", "203.0.113.7"),
        (True, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (False, "127.0.0.1", "198.51.100.1", "127.0.0.1"),
        (True, "127.0.0.1", "made up, 198.51.100.1", "198.51.100.1"),
        (True, "127.0.0.1", "nonsense", "127.0.0.1"),
        (True, "10.1.2.3", "made up, 198.51.100.1", "198.51.100.1"),
        (False, "10.1.2.3", "198.51.100.1", "10.1.2.3"),
        (False, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (False, "", "", ""),
    ],
)
def test_an_address_is_what_cannot_be_made_up(
    settings: Any, proxied: bool, remote: str, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = ["10.1.0.0/16"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxied else None
    request = RequestFactory(headers={"X-Forwarded-For": forwarded}).get("/continue", REMOTE_ADDR=remote)
    assert limits.address_of(request) == expected


def test_the_other_device_speaks_the_candidates_language(db: None) -> None:
    browser = Browser(make_interview(language="en")).open()
    other = Client(enforce_csrf_checks=True)
    typed(code_of(browser), other)
    assert '<html lang="en">' in other.get("/room/").content.decode()
