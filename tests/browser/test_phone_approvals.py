"""Approvals in the demo's WeCom, in a browser: an approver's phone shows what is asked; its answer is the step here.

The emulator is the demo's own and calls the suite back over a real socket.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from messaging import approvals, cards, connected
from messaging.callbacks import handling
from messaging.delivery import deliver_due
from messaging.models import Approval, ApprovalTemplate
from onboarding.models import OnboardingStep
from onboarding.services import steps, templates
from people.models import User
from recruitment.models import Offer
from recruitment.offers.services import offers
from tests.browser.conftest import picture
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.recruitment.offers.test_offers import terms
from tools.phone import connecting
from tools.phone.__main__ import emulator_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
PHONE = reverse("phone")


def pump() -> None:
    """What the pump does: twice, because one thing leads to another."""
    for _time in range(2):
        handling.act_on_due()
        approvals.act_on_due()
        deliver_due(limit=200)
        cards.refresh_due()


class Desk:
    """The lead's browser, in which everybody's phone can be looked at."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base

    def phone_of(self, person: User) -> Page:
        self.page.goto(f"{self.base}{PHONE}?who=people.user:{person.pk}")
        return self.page

    def answer(self, person: User, button: str, words: str = "") -> None:
        """On the newest thing on that phone that has such a button; then the pump runs."""
        page = self.phone_of(person)
        one = page.locator("article", has=page.get_by_role("button", name=button, exact=True)).first
        if words:
            one.get_by_role("textbox").fill(words)
        one.get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()
        pump()
        page.reload()


@pytest.fixture
def lead(transactional_db: None) -> User:
    return people.lead(username="hr", name="周敏", wecom_userid="demo-hr")


@pytest.fixture
def maker(transactional_db: None) -> User:
    return people.recruiter(name="李文静", wecom_userid="demo-li")


@pytest.fixture
def preparer(transactional_db: None) -> User:
    return people.onboarder(name="陈晓", wecom_userid="demo-chen")


@pytest.fixture
def home(tmp_path: Path, live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of this server; what is told goes out at any hour."""
    settings.HOME, settings.BASE_URL = tmp_path, live_server.url
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("HRSUITE_WEB_PORT", live_server.url.rpartition(":")[2])
    monkeypatch.setattr("messaging.quiet.held", lambda due_at: due_at)
    cache.clear()
    today = timezone.localdate()
    api.calendar(today.year, today.year + 1)
    templates.ensure_one()
    return tmp_path


@pytest.fixture
def desk(page: Page, live_server: Any, home: Path, lead: User) -> Iterator[Desk]:
    """As the demo's start sets it up, beside this server."""
    place = connecting.connect(home)
    assert place is not None
    connected.forget()
    with emulator_of(place):
        page.set_default_timeout(15_000)
        page.goto(f"{live_server.url}{reverse('admin:login')}")
        page.fill("#id_username", lead.username)
        page.fill("#id_password", people.PASSWORD)
        page.click("button[type=submit]")
        expect(page).to_have_url(f"{live_server.url}{reverse('admin:index')}")
        yield Desk(page, live_server.url)
        page.goto("about:blank")


@pytest.fixture
def drafted(maker: User) -> Callable[[str], Offer]:
    """An offer of the specialist's that waits for its approval."""

    def draft(name: str) -> Offer:
        opening = make.opening(title="数据分析师", specialist=maker, headcount=3)
        row = make.application(opening, stage="second_round", candidate=make.candidate(name))
        make.interview(row, state="completed", completed_at=timezone.now() - timedelta(hours=1))
        made = offers.make(application_id=row.pk, terms=terms(), by=maker)
        pump()
        return made

    return draft


def state_of(made: Offer) -> str:
    return Offer.objects.get(pk=made.pk).state


def test_an_offer_is_agreed_to_refused_and_decided_here_first(
    maker: User, desk: Desk, lead: User, drafted: Callable[[str], Offer]
) -> None:
    agreed = drafted("李雷")
    page = desk.phone_of(lead)
    expect(page.get_by_role("heading", name="李文静提交的审批")).to_have_count(1)
    expect(page.get_by_text("录用通知：李雷，数据分析师")).to_be_visible()
    picture(page, "phone-approval")
    desk.answer(lead, "同意")
    expect(page.get_by_text("周敏 · 已同意")).to_be_visible()
    assert (state_of(agreed), Offer.objects.get(pk=agreed.pk).approved_by) == ("approved", lead)
    expect(desk.phone_of(maker).get_by_text("李雷").first).to_be_visible()
    assert Approval.objects.get().state == "approved"

    refused = drafted("韩梅梅")
    desk.answer(lead, "不同意", "薪酬高于同岗")
    expect(page.get_by_text("周敏 · 未同意 · 薪酬高于同岗")).to_be_visible()
    assert (state_of(refused), Offer.objects.get(pk=refused.pk).withdraw_reason) == (
        "withdrawn",
        "薪酬高于同岗",
    )

    late = drafted("王五")
    offers.approve(offer_id=late.pk, by=lead)
    pump()
    desk.answer(lead, "不同意", "太晚了")
    expect(page.get_by_text("周敏 · 未同意 · 太晚了")).to_be_visible()
    assert state_of(late) == "approved", "what was decided here first stands"
    picture(page, "phone-approval-late")

    back = drafted("赵六")
    desk.answer(maker, "撤回")
    assert state_of(back) == "draft"
    expect(page.get_by_text("已撤销")).to_be_visible()


def test_a_start_is_asked_about_in_wecom_and_without_a_template_by_a_card(
    preparer: User, maker: User, desk: Desk, lead: User, drafted: Callable[[str], Offer]
) -> None:
    made = drafted("李雷")
    offers.approve(offer_id=made.pk, by=lead)
    offers.send(offer_id=made.pk, by=maker)
    offers.accept(application_id=made.application_id, name="李雷")
    pump()
    page = desk.phone_of(lead)
    expect(page.get_by_role("heading", name="陈晓提交的审批")).to_have_count(1)
    picture(page, "phone-start")
    desk.answer(lead, "不同意", "编制已冻结")
    expect(page.get_by_text("周敏 · 未同意 · 编制已冻结")).to_be_visible()
    assert OnboardingStep.objects.get(kind="approval", case__application=made.application).state == "ready"
    expect(desk.phone_of(preparer).get_by_text("编制已冻结").first).to_be_visible()
    picture(page, "phone-start-refused")

    late = drafted("王五")
    offers.approve(offer_id=late.pk, by=lead)
    offers.send(offer_id=late.pk, by=maker)
    offers.accept(application_id=late.application_id, name="王五")
    pump()
    step = OnboardingStep.objects.get(kind="approval", case__application=late.application)
    steps.complete_step(step_id=step.pk, by=lead)
    pump()
    desk.answer(lead, "不同意", "太晚了")
    expect(page.get_by_text("周敏 · 未同意 · 太晚了")).to_be_visible()
    step.refresh_from_db()
    assert (step.state, step.objection) == ("done", ""), "what was decided here first stands"
    assert Approval.objects.get(kind="start", subject_id=step.pk).state == "overtaken"
    picture(page, "phone-start-late")

    ApprovalTemplate.objects.all().delete()
    connected.forget()
    other = drafted("韩梅梅")
    desk.phone_of(lead)
    picture(page, "phone-offer-card")
    desk.answer(lead, "同意")
    assert state_of(other) == "approved"
    offers.send(offer_id=other.pk, by=maker)
    offers.accept(application_id=other.application_id, name="韩梅梅")
    pump()
    desk.phone_of(lead)
    picture(page, "phone-start-card")
    desk.answer(lead, "同意")
    step = OnboardingStep.objects.get(kind="approval", case__application=other.application)
    assert (step.state, step.done_by) == ("done", lead)
    expect(page.get_by_text("周敏已同意").first).to_be_visible()
    steps.reopen_step(step_id=step.pk, by=lead)
    pump()
    desk.answer(lead, "同意")
    assert OnboardingStep.objects.get(pk=step.pk).state == "done", "asked anew by a card of its own"
