"""A manager approves on the phone: from the message's link to the decision, and the other way round, with words."""

from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from onboarding.models import OnboardingStep
from onboarding.services import templates
from people.enums import Role
from recruitment.models import Offer
from tests.browser.conftest import picture
from tests.factories import api, people
from tests.hrsuite.managers.test_approvals import LIST, draft, start

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True),
]


@pytest.fixture(autouse=True)
def calendar(transactional_db: None) -> None:
    today = timezone.localdate()
    api.calendar(today.year, today.year + 1)
    templates.ensure_one()


def read_in(page: Page, site: str, language: str) -> None:
    """As chosen on the site before."""
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": site}])


def led_to(page: Page, address: str, username: str) -> None:
    """What a message's link does: the sign-in first, then the page itself."""
    page.goto(address)
    page.fill("#id_username", username)
    page.fill("#id_password", people.PASSWORD)
    page.click("button[type=submit]")
    expect(page).to_have_url(address)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_manager_decides_on_the_phone(page: Page, live_server: Any, told: list[str], language: str) -> None:
    words = {
        "zh-hans": ("等待您审批：1 项", "不同意", "同意", "已同意"),
        "en": ("Approvals that wait for you: 1", "Do not agree", "Agree", "Agreed by"),
    }[language]
    department = people.department("数据部")
    people.onboarder()
    manager = people.manager(department, username="manager", language=language)
    step = start(Role.MANAGER, department)
    read_in(page, live_server.url, language)
    address = f"{live_server.url}{LIST}start/{step.pk}/"
    led_to(page, address, manager.username)
    picture(page, f"approval-start-{language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.fill("#reason", "编制已冻结，请等到下月再定。")
    page.get_by_role("button", name=words[1], exact=True).click()
    expect(page.get_by_text("编制已冻结")).to_be_visible()
    picture(page, f"approval-objected-{language}")
    page.goto(f"{live_server.url}/admin/managers/")
    picture(page, f"approval-mine-{language}")
    page.get_by_text(words[0]).click()
    picture(page, f"approval-list-{language}")
    page.get_by_text("韩梅梅").click()
    page.get_by_role("button", name=words[2], exact=True).click()
    expect(page.get_by_role("status").filter(has_text=words[3])).to_be_visible()
    picture(page, f"approval-agreed-{language}")
    assert OnboardingStep.objects.get(pk=step.pk).state == "done"
    assert told == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_lead_who_is_too_late_reads_who_was_first(
    page: Page, live_server: Any, told: list[str], language: str
) -> None:
    maker, quick = people.recruiter(), people.lead(name="陈总监")
    slow = people.lead(username="slow", language=language)
    offer = draft(maker)
    read_in(page, live_server.url, language)
    led_to(page, f"{live_server.url}{LIST}offer/{offer.pk}/", slow.username)
    picture(page, f"approval-offer-{language}")
    api.client_of(quick).post(f"/api/v1/approvals/offer-{offer.pk}/agree/")
    page.fill("#reason", "太高")
    page.locator("button.quiet").click()
    expect(page.get_by_role("alert").filter(has_text="陈总监")).to_be_visible()
    picture(page, f"approval-late-{language}")
    assert Offer.objects.get(pk=offer.pk).state == "approved"
    assert [line for line in told if "409" not in line] == []
