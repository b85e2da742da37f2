"""Rows of an inline in a browser: dragged, or moved with the keyboard alone."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import picture
from tests.factories import recruitment as make

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(viewport={"width": 1440, "height": 900}),
]


def test_rows_are_dragged_or_moved_by_their_number(signed_in: Page, live_server, told: list[str]):
    page, draft = signed_in, make.plan(published=False).draft
    address = f"{live_server.url}{reverse('admin:recruitment_planversion_change', args=[draft.pk])}"

    def order() -> list[str]:
        return list(draft.stages.order_by("number").values_list("title", flat=True))

    def save() -> None:
        page.locator("button[name=_save], input[name=_save]").first.click()
        expect(page).not_to_have_url(address)

    page.goto(address)
    handles = page.locator("#stages-data .form-group.original [x-sort\\:handle]")
    handles.nth(2).drag_to(handles.nth(0))
    numbers = page.locator("#stages-data input[name$='-number']:not([name*=__prefix__])")
    expect(numbers.first).to_have_value("1")
    assert [box.input_value() for box in numbers.all()] == ["1", "2", "3"]
    picture(page, "rows_dragged")
    save()
    assert order() == ["情景模拟", "自我介绍", "专业问题"]

    # The place that another has is no clash: the row goes there.
    page.goto(address)
    numbers.nth(2).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("1")
    picture(page, "rows_typed")
    save()
    assert order() == ["专业问题", "情景模拟", "自我介绍"]
    assert told == []
