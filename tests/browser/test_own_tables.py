"""Somebody who never saw it makes a table of the own, keeps and shares it; a colleague opens it, and no other."""

import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from recruitment.models import Application
from reports.models import Rhythm, SavedView
from tests.browser.conftest import picture
from tests.browser.test_approvals import led_to, read_in
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WORDS = {
    "zh-hans": ("招聘效率", "自定义表格", "已保存，可在“报表”页打开"),
    "en": ("Efficiency", "Own table", "is kept under Reports"),
}


@pytest.mark.parametrize(
    ("language", "width"), [("zh-hans", 1440), ("zh-hans", 390), ("en", 1440), ("en", 390)]
)
def test_a_newcomer_makes_a_table_keeps_it_and_a_colleague_opens_it(
    page: Page, live_server: Any, told: list[str], language: str, width: int
) -> None:
    report, own_table, kept = WORDS[language]
    first, second = make.opening(title="数据分析师"), make.opening(title="客服专员")
    for opening, sources in ((first, ("referral", "campus")), (second, ("campus",))):
        for source in sources:
            make.application(opening, source=source)
    page.set_viewport_size({"width": width, "height": 844})
    read_in(page, live_server.url, language)
    people.recruiter(username="li", language=language)
    led_to(page, f"{live_server.url}/admin/reports/", "li")
    page.get_by_role("link", name=report, exact=True).click()
    page.get_by_text(own_table, exact=True).click()
    page.select_option("[name=across]", "source")
    page.select_option("[name=measure]", "applied")
    page.click(".hs-report-form button.primary")
    total = page.locator("tfoot td")
    expect(total).to_have_text(["2", "1", "3"])
    page.get_by_role("rowheader", name=re.compile("数据分析师")).get_by_role("link").click()
    expect(total).to_have_text(["1", "1", "2"])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"own-table-{language}-{width}")
    total.last.get_by_role("link").click()
    expect(page.get_by_text("张三").first).to_be_visible()
    page.go_back()
    with page.expect_download() as file:
        page.locator('a[href*=".xlsx"]').click()
    lines = CalamineWorkbook.from_path(file.value.path()).get_sheet_by_index(0).to_python()
    assert [line[1:] for line in lines[1:]] == [[1, 1, 2]] * 2
    page.fill('[action$="/keep/"] [name=name]', "各来源的应聘")
    page.check("[name=shared_with][value=training]")
    page.select_option("[name=rhythm]", Rhythm.WEEKLY)
    page.click('[action$="/keep/"] button')
    expect(page.get_by_text(kept)).to_be_visible()
    picture(page, f"own-table-kept-{language}-{width}")
    view = SavedView.objects.get()
    assert (view.shared_with, view.rhythm, view.filters["only"]) == (
        ["training"],
        "weekly",
        f"opening:{first.pk}",
    )
    Application.objects.filter(opening=first).first().delete()  # type: ignore[union-attr]
    for username, is_shared in (("zhao", True), ("chen", False)):
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}]
        )
        made = people.trainer if is_shared else people.onboarder
        made(username=username, language=language)
        led_to(page, f"{live_server.url}/admin/reports/", username)
        link = page.get_by_role("link", name="各来源的应聘", exact=True)
        expect(link).to_have_count(int(is_shared))
        if is_shared:
            link.click()
            # Counted as it stands now.
            expect(total).to_have_text(["1", "1"])
    assert told == []
