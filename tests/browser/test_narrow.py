"""The back office on a phone: no page is wider than it, on none is anything serious for who cannot see or point."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from recruitment.models import Application, Assessment, Decision, FollowUp, Interview, Opening
from reports.asking import REPORTS
from tests.browser.conftest import picture
from tests.hrsuite.dashboard.test_homes import alive

__all__ = ["alive"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(viewport={"width": 390, "height": 844}, locale="zh-CN"),
]


# Cells of a table so narrow and high that nobody reads them.
LETTER_BELOW_LETTER = """() => [...document.querySelectorAll("td, th")].filter(cell => {
    const box = cell.getBoundingClientRect();
    return box.width > 0 && box.width < 75 && box.height > 160;
}).length"""


def addresses() -> list[str]:
    """The first page, what it leads to, a page of each kind of record, and every report."""
    found = [reverse("admin:index"), reverse("pages"), reverse("keeping")]
    found.append(reverse("admin:recruitment_interview_calendar"))
    for model in (Application, Interview, FollowUp, Opening, Decision):
        name = f"admin:recruitment_{model._meta.model_name}"
        found += [
            reverse(f"{name}_changelist"),
            reverse(f"{name}_change", args=[model.objects.earliest("pk").pk]),
        ]
    found.append(reverse("admin:recruitment_opening_pipeline", args=[Opening.objects.earliest("pk").pk]))
    return [*found, *(reverse("report", args=[name]) for name in REPORTS)]


def serious(page: Page) -> list[str]:
    said = Axe().run(page).response["violations"]
    return [each["id"] for each in said if each["impact"] in ("serious", "critical")]


@pytest.mark.usefixtures("alive")
def test_a_report_that_was_superseded_can_be_read_as_well(signed_in: Page, live_server) -> None:
    Assessment.objects.update(status="superseded")
    decision = Decision.objects.earliest("pk")
    address = reverse("admin:recruitment_decision_step", args=[decision.pk, "decline"])
    signed_in.goto(f"{live_server.url}{address}")
    assert signed_in.locator(".hs-report.is-past").count() > 0
    assert serious(signed_in) == []


@pytest.mark.usefixtures("alive")
def test_no_page_is_wider_than_a_phone(signed_in: Page, live_server, told: list[str]) -> None:
    wrong = {}
    for address in addresses():
        signed_in.goto(f"{live_server.url}{address}")
        picture(signed_in, f"narrow{address.replace('/', '_')}")
        too_wide = signed_in.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert signed_in.get_by_label("scrollable content").count() == 0
        letters = signed_in.evaluate(LETTER_BELOW_LETTER)
        found = [
            *([f"{too_wide} px too wide"] if too_wide > 0 else []),
            *([f"{letters} cells of letter below letter"] if letters else []),
            *serious(signed_in),
        ]
        if found:
            wrong[address] = found
    assert wrong == {}
    assert told == []


@pytest.mark.usefixtures("alive")
def test_a_row_on_a_phone_names_its_first_cell_and_holds_its_buttons(signed_in: Page, live_server) -> None:
    signed_in.goto(f"{live_server.url}{reverse('admin:recruitment_decision_changelist')}")
    first = signed_in.locator("#result_list .data-row > td:first-child").first
    assert first.get_attribute("data-label") == "候选人"
    signed_in.goto(f"{live_server.url}{reverse('admin:recruitment_followup_changelist')}")
    row = signed_in.locator("#result_list .data-row").first
    edge = row.evaluate("row => row.getBoundingClientRect().right")
    buttons = [
        button.evaluate("button => button.getBoundingClientRect().right")
        for button in row.locator(".hs-steps .hs-button").all()
    ]
    assert len(buttons) > 1
    assert max(buttons) < edge
