"""The scripts of the back office's pages: none of them throws, whatever page it is and whatever is pressed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Locator, Page, expect

from people.models import User
from recruitment.models import Application, Interview, Question
from recruitment.services import plans
from tests.browser.conftest import picture
from tests.browser.test_admin import visit
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.admin.conftest import broken_off

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(viewport={"width": 1440, "height": 900}),
]


@pytest.fixture
def colleague(transactional_db: None) -> User:
    """Whoever may open every page."""
    return people.user(username="root", is_superuser=True, is_staff=True)


def pages() -> Iterator[str]:
    """Every list, every form, every page of a record, and the page on which it would be deleted."""
    yield reverse("admin:index")
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        for name, args in (
            ("changelist", []),
            ("add", []),
            ("change", [row]),
            ("delete", [row]),
            ("history", [row]),
        ):
            if args and row is None:
                continue
            try:
                yield reverse(f"{base}_{name}", args=[each.pk for each in args])
            except NoReverseMatch:
                continue


def at_rest(page: Page) -> Page:
    """Once the page's scripts have taken it over."""
    page.wait_for_load_state("load")
    page.wait_for_function("window.Alpine && document.querySelector('[x-cloak]') === null")
    return page


def typed(box: Locator) -> None:
    """As an input method does it: the words at once, and a key after them."""
    box.fill("面试方案")
    box.press("End")


def test_no_page_throws(signed_in: Page, live_server: Any, told: list[str], client: Client, colleague: User):
    page = signed_in
    broken_off()
    client.force_login(colleague)
    thrown = {}
    for address in list(pages()):
        # Pages that nobody may open, and those that only lead on, have no script.
        if client.get(address).status_code != 200:
            continue
        page.goto(f"{live_server.url}{address}")
        for box in page.locator("input[type=file]").all():
            box.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"a"})
        if told:
            thrown[address] = list(told)
            told.clear()
    assert thrown == {}


def test_a_record_that_is_held_says_by_what(signed_in: Page, live_server: Any, told: list[str]):
    page = signed_in
    plan = broken_off().interview.version.plan
    visit(page, live_server, "recruitment_interviewplan_delete", plan.pk)
    expect(page.locator("#content li").first).to_be_visible()
    picture(page, "delete_blocked")
    assert told == []


@pytest.mark.parametrize("when", ["at once", "with results", "after an arrow"])
def test_enter_in_the_command_search_goes_to_the_first_row_or_nowhere(
    signed_in: Page, live_server: Any, told: list[str], when: str
):
    page = at_rest(signed_in)
    page.keyboard.press("Control+k")
    box = page.locator("#search-input-command")
    expect(box).to_be_focused()
    if when == "at once":
        box.press("Enter")
        page.wait_for_timeout(200)
        expect(page).to_have_url(f"{live_server.url}{reverse('admin:index')}")
        box.press("ArrowDown")
        box.press("Enter")
        page.wait_for_timeout(200)
    else:
        typed(box)
        expect(page.locator("#command-results-list > li").first).to_be_visible()
        if when == "after an arrow":
            box.press("ArrowDown")
        box.press("Enter")
        expect(page).to_have_url(f"{live_server.url}{reverse('admin:recruitment_interviewplan_changelist')}")
    assert told == []


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_field_above_the_menu_opens_the_search_that_finds_people(
    signed_in: Page, live_server: Any, told: list[str], size: tuple[int, int]
):
    row = make.application(candidate=make.candidate("周雨桐", phone="13600001234"))
    page = signed_in
    page.set_viewport_size({"width": size[0], "height": size[1]})
    at_rest(page)
    if size[0] < 1000:
        page.locator("[x-on\\:click*=sidebarMobileOpen]").locator("visible=true").first.click()
    page.get_by_role("button", name="搜索人、需求、页面").click()
    box = page.locator("#search-input-command")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("placeholder", "姓名、拼音、手机号、邮箱、应聘编号、招聘需求或页面")
    # Filled without a key, as what is pasted with the mouse.
    box.fill("没有这个人")
    expect(page.get_by_text("没有找到")).to_be_visible()
    box.fill("zhouyutong")
    expect(page.get_by_role("link", name=f"周雨桐 · {row.pk}")).to_be_visible()
    picture(page, f"search_{size[0]}")
    page.get_by_role("button", name="记录来询").click()
    expect(page.get_by_text("已记录，可在候选人页面查看。")).to_be_visible()
    assert told == []


def test_a_slip_in_a_window_is_asked_about_on_the_page(signed_in: Page, live_server: Any, in_november: None):
    page = signed_in
    application = make.application()
    visit(page, live_server, "recruitment_application_step", application.pk, "schedule")
    picture(page, "schedule")
    page.fill("[name=opens_at]", "2026-11-28T03:00")
    page.fill("[name=closes_at]", "2026-11-28T03:05")
    page.fill("[name=round]", "7")
    page.click(".hs-ask button[type=submit]")
    expect(page.locator(".hs-unusual li")).to_have_count(4)
    picture(page, "schedule_unusual")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "schedule_unusual_phone")
    page.check(".hs-unusual input")
    page.click(".hs-ask button[type=submit]")
    expect(page.locator(".hs-unusual")).to_have_count(0)
    assert list(Interview.objects.values_list("application", "round")) == [(application.pk, 7)]
    assert Application.objects.count() == 1


def test_wordings_are_shown_as_tags_while_they_are_typed(signed_in: Page, live_server: Any, told: list[str]):
    page = signed_in
    draft = plans.edit(plan_id=make.plan().pk, by=people.lead())
    question = Question.objects.filter(stage__version=draft, mention_points__isnull=False).first()
    assert question is not None
    visit(page, live_server, "recruitment_question_change", question.pk)
    at_rest(page)
    box = page.locator("textarea[data-tags]:visible").first
    box.fill("数据，图表、透视表；函数")
    tags = box.locator("xpath=following-sibling::ul[1]/li")
    expect(tags).to_have_count(4)
    picture(page, "tags")
    tags.nth(1).locator("button").click()
    expect(box).to_have_value("数据，透视表，函数")
    expect(tags).to_have_count(3)
    assert told == []
