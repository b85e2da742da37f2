"""The candidate's page in a real browser: the whole way, and every way in which it can be disturbed."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from recruitment.models import (
    Answer,
    Checkpoint,
    Consent,
    FollowUp,
    Interview,
    InterviewExit,
    Lease,
    RoomEntry,
)
from recruitment.services import leases
from tests.browser.phones import Phone, ask_to_leave

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def state_of(interview: Interview) -> str:
    return Interview.objects.values_list("state", flat=True).get(pk=interview.pk)


def begin_and_reload(first: Phone, interview: Interview) -> Phone:
    """One stage saved, half an answer written, the page loaded again: still in progress."""
    first.open()
    first.start()
    assert set(Consent.objects.filter(given=True).values_list("kind", flat=True)) == {"ai_evaluation"}
    first.page.click("[data-deed=submit]")
    expect(first.page.locator("[data-view=question] [role=alert]")).to_be_visible()
    first.answer_stage(2)
    first.view("saved")
    assert first.look() == []
    assert Checkpoint.objects.count() == 1
    first.page.click("[data-deed=next]")
    first.view("question")
    first.write("写到一半")

    first.page.reload()
    first.view("question")
    expect(first.page.locator("#answer")).to_have_value("写到一半")
    assert state_of(interview) == "in_progress"
    return first


def leave_by_the_back_button(first: Phone, interview: Interview) -> None:
    """The dialog of the back button, a cause, and the page that says what is saved."""
    first.page.tap("[data-view=question] h1")
    first.page.go_back()
    dialog = first.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("李静")
    expect(dialog).to_contain_text("24")
    widths = [button.bounding_box() for button in dialog.locator("[data-step=choose] .equal button").all()]
    assert len({(box["width"], box["height"]) for box in widths if box}) == 1
    first.page.click("[data-do=ask-leave]")
    first.page.check("input[name=cause][value=time_conflict]", force=True)
    first.page.fill("[data-form=leave] textarea", "要开会了")
    first.page.click("[data-form=leave] [type=submit]")
    left = first.view("return")
    assert first.look() == []
    expect(left.locator("li.is-saved")).to_have_count(1)
    expect(left).to_contain_text("李静")
    assert state_of(interview) == "interrupted"
    exit_ = InterviewExit.objects.get()
    assert (exit_.cause, exit_.is_announced, exit_.note) == ("time_conflict", True, "要开会了")


def test_a_candidate_leaves_half_way_and_finishes_on_another_phone(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    first = begin_and_reload(phone(), interview)
    leave_by_the_back_button(first, interview)

    second = phone()
    second.open()
    second.view("return")
    second.page.click("[data-view=return] [data-deed=enter]")
    second.view("question")
    expect(second.page.locator("#answer")).to_have_value("写到一半")
    second.page.fill("#answer", "")
    second.answer_stage(2)
    second.view("saved")
    second.page.click("[data-deed=next]")
    second.view("question")
    second.answer_stage(1)
    second.view("done")
    assert second.look() == []
    assert state_of(interview) == "completed"
    assert Answer.objects.filter(finished_at__isnull=False).count() == 5
    assert second.page.evaluate("Object.keys(localStorage).length") == 0

    first.page.click("[data-view=return] [data-deed=enter]")
    first.view("done")
    assert second.troubles == []


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "did not become true in time"
        time.sleep(0.1)


def test_another_phone_takes_over_and_nothing_typed_is_lost(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    first, second = phone(), phone()
    first.open()
    first.start()
    first.write("第一部手机")
    second.open()
    second.view("takeover")
    assert second.look() == []
    second.page.click("[data-view=takeover] [data-deed=enter]")
    second.view("question")
    first.page.fill("#answer", "第一部手机接着写")
    first.view("takeover")
    expect(second.page.locator("#answer")).to_have_value("第一部手机")
    first.page.click("[data-view=takeover] [data-deed=enter]")
    first.view("question")
    expect(first.page.locator("#answer")).to_have_value("第一部手机接着写")
    first.page.fill("#answer", "第一部手机接着写完")
    # "Saved" may still stand there from before: what counts is what the server has.
    until(lambda: Answer.objects.get().text == "第一部手机接着写完")


def test_without_a_network_the_page_says_so_keeps_the_text_and_catches_up(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = phone()
    candidate.open()
    candidate.start()
    candidate.write("有网")
    candidate.context.set_offline(True)
    candidate.page.fill("#answer", "有网，没网")
    expect(candidate.page.locator("body.is-unsteady")).to_be_attached()
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert leases.interrupt_lapsed() == 1
    candidate.page.fill("#answer", "有网，没网，又有网")
    candidate.context.set_offline(False)
    candidate.wake()
    expect(candidate.page.locator("body.is-unsteady")).not_to_be_attached()
    expect(candidate.page.locator("#line-status")).to_contain_text(re.compile(r"\d\d:\d\d"))
    for _ in range(50):
        if state_of(interview) == "in_progress" and Answer.objects.get().text == "有网，没网，又有网":
            break
        candidate.page.wait_for_timeout(100)
    assert (state_of(interview), Answer.objects.get().text) == ("in_progress", "有网，没网，又有网")
    expect(candidate.page.locator("#answer")).to_have_value("有网，没网，又有网")


def test_unsent_text_survives_a_page_that_dies(interview: Interview, phone: Callable[[], Phone]) -> None:
    candidate = phone()
    candidate.open()
    candidate.start()
    candidate.page.route("**/text", lambda route: route.abort())
    candidate.page.fill("#answer", "还没有送到")
    expect(candidate.page.locator("body.is-unsteady")).to_be_attached()
    assert not Answer.objects.exists()
    again = candidate.context.new_page()
    candidate.page.close()
    candidate.page = again
    again.goto(candidate.link.split("/i/")[0] + "/room/")
    candidate.view("takeover")
    again.click("[data-view=takeover] [data-deed=enter]")
    candidate.view("question")
    expect(again.locator("#answer")).to_have_value("还没有送到")
    expect(again.locator("#line-status")).to_contain_text(re.compile(r"\d\d:\d\d"))
    assert Answer.objects.get().text == "还没有送到"


def test_a_closed_page_is_noticed_within_its_ten_seconds(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = phone()
    candidate.open()
    candidate.start()
    other = candidate.context.new_page()
    candidate.page.close()
    for _ in range(50):
        lease = Lease.objects.get()
        if lease.is_leaving:
            break
        other.wait_for_timeout(100)
    assert lease.is_leaving
    assert lease.expires_at is not None
    assert lease.expires_at - timezone.now() < timedelta(seconds=11)


def test_the_dialog_by_keyboard_and_asking_for_contact(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = phone()
    candidate.open()
    candidate.start()
    page = candidate.page
    page.focus("[data-deed=exit]")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(7):
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('[data-exit]').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.activeElement.dataset.deed") == "exit"
    page.keyboard.press("Enter")
    page.click("[data-do=ask-contact]")
    assert candidate.look() == []
    page.fill("[data-form=contact] textarea", "请给我打电话")
    page.click("[data-form=contact] [type=submit]")
    expect(page.locator("[data-step=contacted]")).to_be_visible()
    assert candidate.look() == []
    page.click("[data-step=contacted] [data-do=stay]")
    candidate.view("question")
    follow_up = FollowUp.objects.get()
    assert (follow_up.kind, follow_up.note) == ("asked", "请给我打电话")
    assert state_of(interview) == "in_progress"
    assert candidate.troubles == []


# A sign of life that is sent while the answer to "I leave" is still on its way.
BEAT_MEANWHILE = """
() => {
  const ask = window.fetch;
  window.fetch = async (...request) => {
    const answer = await ask(...request);
    if (String(request[0]).endsWith("/exit")) {
      window.dispatchEvent(new Event("focus"));
      await new Promise((done) => setTimeout(done, 1500));
    }
    return answer;
  };
}
"""


def test_a_beat_that_is_refused_because_somebody_leaves_does_not_bring_them_back(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = phone()
    candidate.open()
    candidate.start()
    page = candidate.page
    page.evaluate(BEAT_MEANWHILE)
    ask_to_leave(page, "leave")
    with page.expect_response("**/room/api/heartbeat") as beat:
        page.click("[data-form=leave] [type=submit]")
    assert beat.value.status == 409
    candidate.view("return")
    page.wait_for_timeout(1000)
    exit_ = InterviewExit.objects.get()
    assert (state_of(interview), exit_.is_announced, exit_.returned_at) == ("interrupted", True, None)
    assert RoomEntry.objects.count() == 1
    page.click("[data-view=return] [data-deed=enter]")
    candidate.view("question")
    candidate.write("回来了")
    assert RoomEntry.objects.count() == 2


@pytest.mark.parametrize(("choice", "state"), [("give_up", "abandoned"), ("withdraw", "cancelled")])
def test_giving_up_ends_the_interview_kindly_and_only_when_it_was_heard(
    interview: Interview, phone: Callable[[], Phone], choice: str, state: str
) -> None:
    candidate = phone()
    candidate.open()
    candidate.start()
    page = candidate.page
    ask_to_leave(page, "leave")
    page.check(f"input[name=choice][value={choice}]")
    # It says what that means, and asks for a second word; the first one has told nobody.
    page.click("[data-form=leave] [type=submit]")
    sure = page.locator("[data-step=sure]")
    heading = {"give_up": "确定放弃本次面试吗？", "withdraw": "确定放弃应聘该岗位吗？"}[choice]
    means = {"give_up": "您的应聘仍然有效", "withdraw": "应聘将立即结束"}[choice]
    expect(sure.locator("h2")).to_have_text(heading, use_inner_text=True)
    expect(sure.locator(".warning")).to_contain_text(means, use_inner_text=True)
    assert candidate.look() == []
    page.click("[data-step=sure] [data-do=ask-leave]")
    expect(page.locator(f"input[name=choice][value={choice}]")).to_be_checked()
    assert state_of(interview) == "in_progress"
    page.click("[data-form=leave] [type=submit]")
    page.route("**/room/api/exit", lambda route: route.abort())
    page.click("[data-step=sure] [data-do=sure]")
    expect(sure.locator("[role=alert]")).to_be_visible(timeout=30_000)
    assert state_of(interview) == "in_progress"
    page.unroute("**/room/api/exit")
    page.click("[data-step=sure] [data-do=sure]")
    candidate.view("ended")
    assert candidate.look() == []
    assert state_of(interview) == state


def test_a_hidden_page_that_was_interrupted_is_back_when_it_is_seen_and_not_before(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = phone()
    candidate.open()
    candidate.start()
    candidate.hidden(True)
    until(lambda: not Lease.objects.get().visible)
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert leases.interrupt_lapsed() == 1
    for _ in range(2):
        with candidate.page.expect_response(lambda answer: answer.url.endswith("/heartbeat")) as heard:
            candidate.wake()
        assert heard.value.status == 409
        candidate.page.wait_for_timeout(500)
    assert (state_of(interview), Lease.objects.get().epoch) == ("interrupted", 1)
    candidate.hidden(False)
    until(lambda: state_of(interview) == "in_progress")
    assert Lease.objects.get().epoch == 2


def test_wecoms_back_arrow_asks_where_the_page_is_given_wecoms_script(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = phone()
    candidate.context.add_init_script("window.wx = { onHistoryBack(asked) { window.arrow = asked; } };")
    candidate.open()
    candidate.view("consent")
    assert candidate.page.evaluate("window.arrow()") is True, "before the start the app goes back"
    candidate.start()
    assert candidate.page.evaluate("window.arrow()") is False
    expect(candidate.page.get_by_role("dialog")).to_be_visible()
    candidate.page.click("[data-do=stay]")
    candidate.view("question")
    assert state_of(interview) == "in_progress"


def test_outside_the_window_the_page_says_why_it_does_not_start(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    opens = timezone.now() + timedelta(hours=20)
    Interview.objects.filter(pk=interview.pk).update(window_opens_at=opens)
    candidate = phone()
    candidate.page.goto(candidate.link)
    expect(candidate.page.locator(".window")).to_be_visible()
    candidate.open()
    standing = candidate.view("ended")
    expect(standing).to_contain_text("面试尚未开放")
    assert candidate.look() == []
    assert (state_of(interview), Consent.objects.count()) == ("scheduled", 0)


def test_whose_time_ran_out_on_the_page_reads_how_it_stands_and_not_the_way_in(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = phone()
    candidate.open()
    candidate.view("consent")
    Interview.objects.filter(pk=interview.pk).update(window_closes_at=timezone.now())
    candidate.agree(recording=False)
    expect(candidate.view("ended")).to_contain_text("面试时间已过")
    expect(candidate.page.locator("body")).to_have_attribute("data-situation", "window_over")
    candidate.page.reload()
    expect(candidate.view("ended")).to_contain_text("面试时间已过")
    assert state_of(interview) == "scheduled"


def test_everything_fits_a_narrow_phone(interview: Interview, phone: Callable[[], Phone]) -> None:
    candidate = phone()
    candidate.page.set_viewport_size({"width": 360, "height": 640})
    too_wide = "document.documentElement.scrollWidth > window.innerWidth"
    candidate.page.goto(candidate.link)
    assert not candidate.page.evaluate(too_wide)
    candidate.open()
    candidate.view("consent")
    assert not candidate.page.evaluate(too_wide)
    candidate.start()
    assert not candidate.page.evaluate(too_wide)
    candidate.page.click("[data-deed=exit]")
    for step in ("stay", "ask-contact", "ask-leave"):
        box = candidate.page.locator(f"[data-step=choose] [data-do={step}]").bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
    candidate.page.click("[data-do=stay]")
    candidate.context.clear_cookies()
    candidate.wake()
    candidate.view("gone")
    assert candidate.look() == []
    candidate.page.goto(f"{candidate.link}x")
    assert candidate.look() == []
