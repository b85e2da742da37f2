"""A person who is known twice, in a browser: asked about, compared, merged."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from recruitment.models import Candidate
from tests.browser.conftest import picture
from tests.factories import recruitment as make

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(viewport={"width": 1440, "height": 900}),
]


def test_a_namesake_is_asked_about_and_two_entries_become_one(signed_in: Page, live_server, told: list[str]):
    page = signed_in
    known = make.candidate("张三", phone="13800138000", email="zhang@example.com")
    make.application(candidate=known)
    address = f"{live_server.url}{reverse('admin:recruitment_candidate_add')}"
    page.goto(address)
    page.fill("input[name=name]", "张 三")
    page.fill("input[name=phone]", "139-0013-9000")
    page.locator("button[name=_save]").click()
    expect(page.locator("input[name=_really]")).to_be_visible()
    picture(page, "namesake")
    page.locator("input[name=_really]").check()
    page.locator("button[name=_save]").click()
    expect(page).not_to_have_url(address)
    other = Candidate.objects.exclude(pk=known.pk).get()
    assert other.phone == "+8613900139000"

    page.goto(f"{live_server.url}{reverse('admin:recruitment_candidate_change', args=[known.pk])}")
    picture(page, "known_twice")
    page.locator(f"a[href$='merge/?other={other.pk}']").click()
    expect(page.get_by_text("139****9000").first).to_be_visible()
    picture(page, "merge")
    page.locator("input[name=same]").check(force=True)
    page.locator("form.hs-ask button[type=submit]").click()
    expect(page.get_by_text("合并").first).to_be_visible()
    picture(page, "merged")
    assert Candidate.objects.get().other_contacts == "139 0013 9000"
    assert told == []
