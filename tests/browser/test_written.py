"""Written answers in a real browser when the line goes at the worst moment, and what the page says then."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Page, expect

from recruitment.models import Answer, Checkpoint, Interview, Lease
from recruitment.services import leases
from recruitment.services.answers import LONGEST_TEXT
from tests.browser.phones import Phone, ask_to_leave, in_sight
from tests.factories import recruitment as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
# Every section that was shown and every problem that was said, however shortly.
REMEMBER = """
() => {
  window.seen = [];
  new MutationObserver(() => {
    window.seen.push(document.body.dataset.showing);
    for (const each of document.querySelectorAll("[role=alert]")) {
      if (each.offsetParent && each.textContent) window.seen.push(each.textContent);
    }
  }).observe(document.body, { attributes: true, childList: true, characterData: true, subtree: true });
}
"""
BOX = "#answer"
PROBLEM = "[data-view=question] [data-slot=problem]"


def seen(page: Page) -> set[str]:
    """Sections and problems since the page began to remember."""
    return set(page.evaluate("window.seen"))


def at_the_last_question(candidate: Phone) -> Phone:
    """The first stage's second and last question, with an answer that is saved."""
    candidate.open()
    candidate.start()
    candidate.write("第一题")
    candidate.page.click("[data-deed=submit]")
    candidate.at_question(2)
    candidate.write("有网时写的")
    candidate.page.evaluate(REMEMBER)
    return candidate


def refuse(page: Page, address: str, status: int, body: dict[str, str]) -> None:
    """Let this address answer so, whatever it is asked."""
    page.route(address, lambda route: route.fulfill(status=status, json=body))


def noticed() -> None:
    """The exit is noticed, as after half a minute without a sign of life."""
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert leases.interrupt_lapsed() == 1


@pytest.mark.parametrize("typed", ["", "，没网时接着写"])
def test_what_is_submitted_without_a_network_is_handed_in_when_it_is_back(
    interview: Interview, phone: Callable[[], Phone], typed: str
) -> None:
    candidate = at_the_last_question(phone())
    page = candidate.page
    candidate.context.set_offline(True)
    if typed:
        page.fill(BOX, f"有网时写的{typed}")
    page.click("[data-deed=submit]")
    expect(page.locator("body.is-unsteady")).to_be_attached(timeout=20_000)
    noticed()
    candidate.context.set_offline(False)
    candidate.view("saved")
    assert seen(page) <= {"question", "saved"}
    interview.refresh_from_db()
    assert (interview.state, Checkpoint.objects.count()) == ("in_progress", 1)
    assert Answer.objects.latest("pk").text == f"有网时写的{typed}"
    assert Lease.objects.get().epoch == 2


def test_a_stage_whose_answer_was_lost_on_the_way_reads_as_saved_when_the_page_returns(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = at_the_last_question(phone())
    page = candidate.page
    tries: list[int] = []
    lost: list[bool] = []

    def lose(route) -> None:  # type: ignore[no-untyped-def]
        tries.append(route.request.post_data_json["epoch"])
        if len(tries) > 1:
            route.continue_()
            return
        assert route.fetch().ok
        assert Checkpoint.objects.count() == 1
        noticed()
        connections.close_all()  # a handler has connections of its own
        with page.expect_response("**/room/api/enter"):
            candidate.wake()
        candidate.view("saved")
        route.abort()
        lost.append(True)

    page.route("**/room/api/stages/*/finish", lose)
    page.click("[data-deed=submit]")
    for _turn in range(400):
        if lost:
            break
        page.wait_for_timeout(50)
    candidate.view("saved")
    expect(page.locator("[data-slot=saved]")).to_contain_text("1/3")
    assert seen(page) <= {"question", "saved"}
    assert (tries, Checkpoint.objects.count()) == ([1, 2], 1)
    page.click("[data-view=saved] button:visible")
    candidate.at_question(1)
    assert page.get_by_text("环节 2/3").is_visible()


@pytest.mark.parametrize("path", ["answers/*/text", "answers/*/finish", "stages/*/finish"])
def test_each_write_that_meets_the_pages_own_return_is_sent_again(
    interview: Interview, phone: Callable[[], Phone], path: str
) -> None:
    """The write is held until the page has entered again: it reaches the server with an epoch that is spent."""
    candidate = at_the_last_question(phone())
    page = candidate.page
    tries: list[int] = []

    def hold(route) -> None:  # type: ignore[no-untyped-def]
        tries.append(route.request.post_data_json["epoch"])
        if len(tries) == 1:
            noticed()
            connections.close_all()  # a handler has connections of its own
            with page.expect_response("**/room/api/enter"):
                candidate.wake()
        route.continue_()

    page.route(f"**/room/api/{path}", hold)
    page.fill(BOX, "改过的回答")
    page.click("[data-deed=submit]")
    candidate.view("saved")
    assert seen(page) <= {"question", "saved"}
    assert Answer.objects.latest("pk").text == "改过的回答"
    assert Lease.objects.get().epoch == 2
    assert tries == [1, 2]


def test_a_page_that_was_really_taken_over_stops_and_sends_nothing_without_an_epoch(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    first, second = phone(), phone()
    at_the_last_question(first)
    sent: list[object] = []
    first.page.on(
        "request",
        lambda asked: (
            asked.method in ("PUT", "POST")
            and "beacon" not in asked.url
            and sent.append((asked.post_data_json or {}).get("epoch", "none"))
        ),
    )
    first.context.set_offline(True)
    first.page.fill(BOX, "没网时写的")
    first.page.click("[data-deed=submit]")
    second.open()
    second.view("takeover")
    second.page.click("[data-view=takeover] [data-deed=enter]")
    second.view("question")
    first.context.set_offline(False)
    first.view("takeover")
    first.page.wait_for_timeout(2500)
    assert seen(first.page) <= {"question", "takeover"}
    assert None not in sent
    assert set(sent) == {1}
    # Nothing is lost: whoever goes on here finds the words, and hands them in.
    first.page.click("[data-view=takeover] [data-deed=enter]")
    first.at_question(2)
    expect(first.page.locator(BOX)).to_have_value("没网时写的")


def test_no_sentence_of_the_api_is_read_by_a_candidate(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = at_the_last_question(phone())
    page = candidate.page
    raw = "epoch 必须是整数。"
    for status, code, said in (
        (422, "invalid", "操作未成功，请重试。"),
        (422, "text_unreadable", "内容中含有无法保存的字符。"),
        (404, "question_unknown", "操作未成功，请重试。"),
    ):
        refuse(page, "**/room/api/answers/*/finish", status, {"code": code, "message": raw})
        page.click("[data-deed=submit]")
        expect(page.locator(PROBLEM)).to_have_text(said)
        page.unroute("**/room/api/answers/*/finish")
    ask_to_leave(page, "contact")
    refuse(page, "**/room/api/contact", 422, {"code": "invalid", "message": raw})
    page.click("[data-form=contact] [type=submit]")
    expect(page.locator("[data-form=contact] [role=alert]")).to_have_text("操作未成功，请重试。")
    assert not any(raw in each for each in seen(page))


def test_what_is_too_long_is_said_and_kept_whole(interview: Interview, phone: Callable[[], Phone]) -> None:
    candidate = at_the_last_question(phone())
    page = candidate.page
    # Two units of a text each, and one character.
    text = "𠮷" * (LONGEST_TEXT + 12)
    page.fill(BOX, text)
    expect(page.locator(PROBLEM)).to_contain_text("12")
    expect(page.locator("#line-status")).to_have_text("已保留在本机，尚未保存")
    assert page.evaluate("Array.from(document.querySelector('#answer').value).length") == LONGEST_TEXT + 12
    page.click("[data-deed=submit]")
    page.wait_for_timeout(1500)
    candidate.at_question(2)
    assert Answer.objects.latest("pk").text == "有网时写的", "nothing that is too long is sent"

    page.reload()
    candidate.at_question(2)
    expect(page.locator(BOX)).to_have_value(text)
    expect(page.locator(PROBLEM)).to_contain_text("12")
    page.fill(BOX, text[:LONGEST_TEXT])
    expect(page.locator(PROBLEM)).to_be_hidden()
    page.click("[data-deed=submit]")
    candidate.view("saved")
    assert Answer.objects.latest("pk").text == text[:LONGEST_TEXT]


def test_a_note_that_is_too_long_is_said_and_kept_whole(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = phone()
    candidate.open()
    candidate.start()
    page = candidate.page
    ask_to_leave(page, "contact")
    page.fill("[data-form=contact] textarea", "请" * 503)
    page.click("[data-form=contact] [type=submit]")
    expect(page.locator("[data-form=contact] [role=alert]")).to_contain_text("3")
    expect(page.locator("[data-form=contact] textarea")).to_have_value("请" * 503)
    assert not interview.follow_ups.exists()
    page.fill("[data-form=contact] textarea", "请" * 500)
    page.click("[data-form=contact] [type=submit]")
    expect(page.locator("[data-step=contacted]")).to_be_visible()
    assert interview.follow_ups.get().note == "请" * 500


def test_on_a_short_phone_the_status_is_in_sight(interview: Interview, phone: Callable[[], Phone]) -> None:
    candidate = phone()
    page = candidate.page
    page.set_viewport_size({"width": 360, "height": 640})
    with make.unfrozen():
        interview.version.stages.get(number=1).questions.update(text="请说说您遇到过的一次困难。" * 12)
    candidate.open()
    candidate.start()
    candidate.write("写了一点")
    page.evaluate("window.scrollTo(0, 0)")
    assert in_sight(page, "#line-status")
    assert in_sight(page, "[data-deed=submit]")
    expect(page.locator("#line-status")).to_contain_text(re.compile(r"\d\d:\d\d"))
