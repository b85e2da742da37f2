"""To another device by a typed code, and what a page says of itself, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from recruitment.models import HandoverCode, Interview, PresenceNote
from tests.browser.phones import Phone, ask_to_leave

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def told(interview: Interview) -> list[tuple[str, int | None]]:
    rows = PresenceNote.objects.filter(interview=interview).order_by("pk")
    return list(rows.values_list("event", "seconds"))


def test_a_typed_code_carries_the_interview_to_another_phone(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    first, second = phone(), phone()
    first.open()
    first.start()
    first.write("在第一台手机上写的")
    ask_to_leave(first.page, "handover")
    shown = first.page.locator("[data-slot=handover-code]")
    expect(shown).to_contain_text("-")
    assert first.look() == []
    code = shown.inner_text()
    address = first.page.locator(".code-address").inner_text()
    first.page.click("[data-step=handover] [data-do=stay]")
    ask_to_leave(first.page, "handover")
    expect(shown).to_have_text(code)
    assert HandoverCode.objects.count() == 1, "a code that is still good is shown again"

    page = second.page
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"http://{address}")
    assert second.look() == []
    page.fill("[name=code]", "zzzz zzzz")
    page.click("[type=submit]")
    expect(page.get_by_role("alert")).to_be_visible()
    assert second.look() == []
    page.fill("[name=code]", code.lower())
    page.keyboard.press("Enter")
    second.view("takeover")
    assert Interview.objects.get(pk=interview.pk).lease.epoch == 1, "it asks first"
    page.click("[data-view=takeover] [data-deed=enter]")
    second.view("question")
    expect(page.locator("#answer")).to_have_value("在第一台手机上写的")
    first.wake()
    first.view("takeover")
    assert [line for line in second.troubles if "404" not in line] == []


def test_in_the_device_check_and_when_there_are_no_more_codes(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = phone()
    candidate.open()
    candidate.agree(recording=True)
    candidate.view("check")
    page = candidate.page
    page.click("[data-view=check] summary")
    page.click("[data-deed=handover]")
    shown = page.locator("[data-slot=handover-code]")
    codes = []
    for _ in range(5):
        expect(shown).to_contain_text("-")
        codes.append(shown.inner_text())
        with page.expect_response("**/room/api/handover"):
            page.click("[data-do=new-code]")
    expect(page.locator("[data-step=handover] [role=alert]")).to_be_visible()
    expect(shown).to_be_hidden()
    assert len(set(codes)) == 5
    page.keyboard.press("Escape")
    candidate.view("check")


def test_the_page_tells_when_it_was_hidden_and_without_a_line(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    candidate = phone()
    candidate.open()
    candidate.start()
    candidate.hidden(True)
    candidate.page.wait_for_timeout(1500)
    candidate.hidden(False)
    candidate.context.set_offline(True)
    candidate.page.wait_for_timeout(4000)
    candidate.context.set_offline(False)
    for _ in range(80):
        if "online" in dict(told(interview)):
            break
        candidate.page.wait_for_timeout(250)
    notes = told(interview)
    assert [event for event, _seconds in notes] == ["hidden", "visible", "online"]
    assert notes[-1][1] in range(3, 9)
