"""Every situation at the link and in the room, as a candidate reads it, on a phone and on a desk."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from messaging.models import Message
from people.actors import Party
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import FollowUp, Interview, RoomLink
from recruitment.services import applications, endings, follow_ups, interviews, locking, scheduling
from tests.browser.conftest import picture
from tests.factories import people, recruitment

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SIZES = {"phone": (390, 844), "desk": (1440, 900)}
HOUR = timedelta(hours=1)


def enter(row: Interview) -> int:
    return interviews.enter(interview_id=row.pk, by=Party.CANDIDATE).epoch


def leave(row: Interview, choice: str = "leave", stages: int = 0) -> None:
    epoch = enter(row)
    for number in range(1, stages + 1):
        recruitment.saved_stage(row, number)
    interviews.leave(interview_id=row.pk, epoch=epoch, choice=choice, cause="", note="", by=Party.CANDIDATE)


def finish(row: Interview) -> None:
    enter(row)
    for number in (1, 2, 3):
        recruitment.saved_stage(row, number)
    with transaction.atomic():
        held, _lease = locking.interview_and_lease(row.pk)
        assert interviews.complete_if_finished(held)


def take(row: Interview, *steps: str, is_told: bool = True) -> None:
    for step in steps:
        applications.take_step(
            application_id=row.application_id, step=step, by=people.lead(), reason="测试原因"
        )
    if is_told:
        Message.objects.filter(state="planned").update(due_at=timezone.now())


def advance(row: Interview) -> None:
    finish(row)
    with transaction.atomic():
        held = locking.application(row.application_id)
        applications.advance(held, by=Party.SYSTEM, facts={}, origin=row)


def move(row: Interview, opens: timedelta, closes: timedelta) -> None:
    now = timezone.now()
    Interview.objects.filter(pk=row.pk).update(window_opens_at=now + opens, window_closes_at=now + closes)


def reschedule(row: Interview, opens: timedelta) -> None:
    now = timezone.now()
    scheduling.reschedule(
        interview_id=row.pk, opens_at=now + opens, closes_at=now + opens + 5 * HOUR, by=people.lead()
    )


def let_time_pass(row: Interview) -> None:
    Interview.objects.filter(pk=row.pk).update(resume_until=timezone.now() - HOUR)


def not_returned(row: Interview) -> None:
    leave(row)
    follow_ups.record_contact(
        follow_up_id=FollowUp.objects.get().pk, channel="phone", reached=False, by=people.lead()
    )
    let_time_pass(row)
    assert endings.abandon_ended(interview_id=row.pk)


def leave_often(row: Interview) -> None:
    leave(row)
    Interview.objects.filter(pk=row.pk).update(announced_exits=6)


def miss(row: Interview) -> None:
    move(row, -5 * HOUR, -HOUR)
    assert endings.miss(interview_id=row.pk)


def end_to_end(row: Interview, *steps: str) -> None:
    advance(row)
    take(row, *steps)


def too_early(row: Interview) -> None:
    finish(row)
    take(row, "reject", is_told=False)


# name → (how it comes, the situation, what is read, what is kept or said of it)
WALK: dict[str, tuple[Callable[[Interview], Any], str, str, str]] = {
    "invited": (lambda row: None, "invited", "现在就可以开始", ""),
    "not_open": (lambda row: move(row, 20 * HOUR, 40 * HOUR), "not_open", "面试尚未开放", ""),
    "rescheduled": (lambda row: reschedule(row, -HOUR), "rescheduled", "您的面试已改期", ""),
    "rescheduled_ahead": (lambda row: reschedule(row, 20 * HOUR), "rescheduled_ahead", "您的面试已改期", ""),
    "window_over": (lambda row: move(row, -5 * HOUR, -HOUR), "window_over", "面试时间已过", ""),
    "missed": (miss, "missed", "您没有参加这次面试", ""),
    "in_progress": (enter, "in_progress", "正在进行", ""),
    "interrupted": (leave, "interrupted", "您的面试已中断", ""),
    "return_over": (lambda row: [leave(row, stages=1), let_time_pass(row)], "return_over", "继续面试", "自我介绍"),
    "return_over_empty": (
        lambda row: [leave(row), let_time_pass(row)], "return_over", "继续面试", "没有保存任何内容",
    ),
    "no_returns_left": (leave_often, "no_returns_left", "不能再自行返回", "没有保存任何内容"),
    "given_up": (lambda row: leave(row, "give_up", stages=2), "given_up", "您已放弃这场面试", "专业问题"),
    "not_returned": (not_returned, "not_returned", "没有在规定时间内继续", "没有保存任何内容"),
    "cancelled": (
        lambda row: endings.cancel(interview_id=row.pk, by=people.lead()), "cancelled", "已取消这场面试", "",
    ),
    "completed": (finish, "completed", "您的面试已完成", "情景模拟"),
    "second_round": (advance, "second_round", "恭喜您进入复试", "情景模拟"),
    "offer": (lambda row: end_to_end(row, "make_offer"), "offer", "正在为您准备录用通知", "情景模拟"),
    "hired": (lambda row: end_to_end(row, "make_offer", "hire"), "hired", "您已被录用", "情景模拟"),
    "rejected": (lambda row: [finish(row), take(row, "reject")], "rejected", "没能与您继续", "情景模拟"),
    "rejected_before": (lambda row: take(row, "reject"), "rejected", "没能与您继续", ""),
    "rejected_not_told": (too_early, "completed", "您的面试已完成", "情景模拟"),
    "on_hold": (lambda row: take(row, "reject", is_told=False), "on_hold", "面试暂停", ""),
    "withdrawn": (lambda row: leave(row, "withdraw", stages=1), "withdrawn", "您的应聘已撤回", "自我介绍"),
    "fell_through": (
        lambda row: end_to_end(row, "make_offer", "fall_through"), "fell_through", "您的录用已终止", "情景模拟",
    ),
    "held_elsewhere": (
        lambda row: Interview.objects.filter(pk=row.pk).update(kind=InterviewKind.PEOPLE),
        "held_elsewhere", "不在这里进行", "",
    ),
}  # fmt: skip
ENTERED = ("invited", "rescheduled", "in_progress", "interrupted")


def look(page: Page, name: str) -> None:
    """Nothing runs out of the page at either size; a picture for whoever wants to see."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        picture(page, f"{name}-{size}")


@pytest.mark.parametrize("name", WALK)
def test_every_situation_says_what_happened_what_is_kept_what_comes_next_and_whom_to_call(
    interview: Interview, link: str, page: Page, told: list[str], name: str
) -> None:
    come, situation, words, kept = WALK[name]
    come(interview)

    page.goto(link)
    look(page, f"link-{name}")
    for said in (
        words,
        "数据分析师",
        "李静",
        "021 5555 0101",
        interview.application.opening.specialist.email,
    ):
        expect(page.locator("main")).to_contain_text(said)
    page.click("form [type=submit]")
    page.wait_for_url("**/room/")

    if situation in ENTERED:
        expect(page.locator("body")).not_to_have_attribute("data-situation", situation)
        return
    standing = page.locator("[data-view=ended]")
    for said in (words, kept, "李静", "021 5555 0101"):
        expect(standing).to_contain_text(said)
    expect(page.locator("body")).to_have_attribute("data-situation", situation)
    page.wait_for_timeout(600)  # the script has asked the server by now
    assert page.locator("[data-view]:visible").count() == 1
    assert (standing.locator(".is-saved").count() > 0) == bool(kept and "没有保存" not in kept)
    look(page, f"room-{name}")
    assert told == []


@pytest.mark.parametrize("name", ["unknown", "incomplete", "expired", "revoked", "no_session"])
def test_a_dead_link_says_why_and_names_whom_to_call(
    interview: Interview, link: str, live_server: Any, page: Page, name: str
) -> None:
    lead = people.lead(name="周岚", phone="021-5555-0199")
    now = timezone.now()
    if name == "expired":
        RoomLink.objects.update(expires_at=now)
    if name == "revoked":
        RoomLink.objects.update(revoked_at=now)
    addresses = {"unknown": "/i/cut-in-half", "incomplete": "/i/", "no_session": "/room/"}
    address = f"{live_server.url}{addresses[name]}" if name in addresses else link
    page.goto(f"{address}?lang=zh")
    look(page, f"dead-{name}")
    for said in (lead.name, "021 5555 0199", lead.email):
        expect(page.locator("main")).to_contain_text(said)
    assert "林晓" not in page.content()


def test_what_the_device_still_holds_is_sent_from_the_page_that_says_how_it_stands(
    interview: Interview, link: str, page: Page
) -> None:
    """The script runs on that page too: it asks how it stands, and enters nowhere."""
    leave(interview)
    let_time_pass(interview)
    with page.expect_response("**/room/api/state") as answer:
        page.goto(link)
        page.click("form [type=submit]")
    assert answer.value.ok
    expect(page.locator("[data-view=ended] h1")).to_be_visible()
    assert Interview.objects.get(pk=interview.pk).state == InterviewState.INTERRUPTED
