"""Two colleagues at one form, in a browser: both values are shown, and one is chosen."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from recruitment.models import Opening
from tests.browser.conftest import picture
from tests.factories import recruitment as make

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(viewport={"width": 1440, "height": 900}),
]


def test_the_older_form_shows_what_the_newer_one_saved(signed_in: Page, live_server, told: list[str]):
    page = signed_in
    opening = make.opening(skills={"excel": 3}, specialist=make.specialist_of(make.interview()))
    address = f"{live_server.url}{reverse('admin:recruitment_opening_change', args=[opening.pk])}"
    other = page.context.new_page()
    page.goto(address)
    other.goto(address)
    for tab, headcount in ((other, "7"), (page, "5")):
        tab.fill("input[name=headcount]", headcount)
    other.fill("input[name=title]", "高级数据分析师")
    other.fill("input[name=skills-0-required_level]", "5")
    page.fill("input[name=skills-0-required_level]", "4")
    other.locator("button[name=_save]").click()
    expect(other).not_to_have_url(address)
    page.locator("button[name=_save]").click()
    box = page.locator("input[name=_theirs][value=headcount]")
    expect(box).to_be_visible()
    expect(page.locator("input[name=title]")).to_have_value("高级数据分析师")
    picture(page, "versions")
    box.check()
    page.locator("button[name=_save]").click()
    expect(page).not_to_have_url(address)
    saved = Opening.objects.get(pk=opening.pk)
    assert (saved.headcount, saved.title) == (7, "高级数据分析师")
    assert saved.skills.get().required_level == 4
    assert told == []
