"""The exit dialog while something else is tried: without it one leaves at once, and what was typed is saved."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from recruitment.enums import Side
from recruitment.models import Answer, Exposure, Interview, InterviewExit
from tests.browser.phones import Phone
from tests.recruitment.experiments import making

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_without_a_dialog_leaving_saves_what_was_typed(
    interview: Interview, phone: Callable[[], Phone]
) -> None:
    making.started_with(interview.application, Side.OTHER, leaves_out=True)
    mine = phone()
    mine.open()
    mine.start()
    mine.write("写到一半")
    mine.page.click("[data-deed=exit]")
    mine.view("return")
    expect(mine.page.get_by_role("dialog")).to_be_hidden()
    assert Answer.objects.get(interview=interview).text == "写到一半"
    exit_ = InterviewExit.objects.get()
    assert (exit_.is_announced, exit_.cause) == (True, "unknown")
    assert Exposure.objects.values_list("interview", "side").get() == (interview.pk, "other")
    mine.page.click("[data-view=return] [data-deed=enter]")
    mine.view("question")
    expect(mine.page.locator("#answer")).to_have_value("写到一半")
    assert mine.troubles == []
