"""A colleague's day in a browser: sign in, see who waits, call, record why, run a red link again, invite."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.events.models import Reaction, ReactionState
from recruitment.models import ContactAttempt, FollowUp, InterviewExit, Invitation
from tests.browser.conftest import picture
from tests.recruitment.admin.conftest import Story, broken_off

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(viewport={"width": 1440, "height": 900}),
]


def visit(page: Page, live_server, name: str, *args, query: str = "") -> None:
    page.goto(f"{live_server.url}{reverse(f'admin:{name}', args=args)}{query}")


@pytest.fixture
def gone(transactional_db) -> Story:
    return broken_off()


def test_from_the_first_page_to_the_call(signed_in: Page, live_server, gone: Story, told: list[str]):
    page = signed_in
    page.reload()
    picture(page, "index")
    page.get_by_role("link", name="张三").first.click()
    expect(page).to_have_url(
        f"{live_server.url}{reverse('admin:recruitment_followup_change', args=[gone.follow_up.pk])}"
    )
    page.locator("form[action*='/steps/claim/'] button").click()
    expect(page.locator("form[action*='/steps/claim/']")).to_have_count(0)
    page.locator("form[action*='/steps/cause/'] select").select_option("interrupted_by_somebody")
    page.locator("form[action*='/steps/cause/'] button").click()
    page.locator("form[action*='/steps/contact/'] input[name=note]").fill("晚上八点后方便")
    page.locator("form[action*='/steps/contact/'] button[name=reached]").click()
    expect(page.get_by_text("晚上八点后方便")).to_be_visible()
    picture(page, "follow_up")
    assert InterviewExit.objects.get().corrected_cause == "interrupted_by_somebody"
    assert list(ContactAttempt.objects.values_list("reached", "note")) == [(True, "晚上八点后方便")]
    page.locator("form[action*='/steps/close/'] button[value=reached]").click()
    expect(page.locator("form[action*='/steps/close/']")).to_have_count(0)
    assert FollowUp.objects.get().outcome == "reached"
    assert told == []


def test_the_queue_takes_one_click_each(signed_in: Page, live_server, gone: Story, told: list[str]):
    page = signed_in
    broken_off("李娜")
    visit(page, live_server, "recruitment_followup_changelist", query="?work=unclaimed")
    expect(page.locator("button[formaction*='/steps/claim/']")).to_have_count(2)
    picture(page, "queue")
    page.locator(f"button[formaction*='/{gone.follow_up.pk}/steps/claim/']").click()
    expect(page).to_have_url(
        f"{live_server.url}{reverse('admin:recruitment_followup_changelist')}?work=unclaimed"
    )
    expect(page.locator("button[formaction*='/steps/claim/']")).to_have_count(1)
    page.locator("button[formaction*='/steps/not-reached/']").first.click()
    expect(page.locator("button[formaction*='/steps/not-reached/']")).to_have_count(1)
    assert sorted(FollowUp.objects.values_list("state", flat=True)) == ["claimed", "open"]
    assert list(ContactAttempt.objects.values_list("reached", flat=True)) == [False]
    assert told == []


def test_the_interview_page_tells_the_story_and_mends_a_red_link(
    signed_in: Page, live_server, gone: Story, told: list[str]
):
    page = signed_in
    red = Reaction.objects.filter(
        event__kind="interview_interrupted", name="recruitment.align_follow_up"
    ).get()
    Reaction.objects.filter(pk=red.pk).update(
        state=ReactionState.FAILED, error="LockNotAvailable", attempts=8
    )
    visit(page, live_server, "recruitment_interview_change", gone.interview.pk)
    picture(page, "interview")
    expect(page.locator(".hs-reaction.is-failed")).to_have_count(1)
    expect(page.locator("#answers .hs-stage")).to_have_count(3)
    expect(page.locator("#timeline li")).not_to_have_count(0)
    page.locator(".hs-reaction.is-failed button").click()
    expect(page.locator(".hs-reaction.is-failed")).to_have_count(0)
    red.refresh_from_db()
    assert red.state == ReactionState.DONE
    score = page.locator("#answers .hs-reviewer").first
    score.locator("summary").click()
    score.locator("input[name=value]").fill("61")
    score.locator("input[name=reason]").fill("只提到了职责")
    score.get_by_role("button", name="保存").click()
    expect(page.locator("#answers .is-replaced")).to_have_count(1)
    picture(page, "interview_reviewed")
    assert told == []


def test_inviting_on_an_estimate_shows_it_first(signed_in: Page, live_server, gone: Story, told: list[str]):
    page = signed_in
    visit(page, live_server, "recruitment_followup_changelist")
    page.locator("a[href*='/recruitment/decision/'][href*='/steps/invite/']").click()
    expect(page.locator(".hs-score.is-estimate").first).to_be_visible()
    expect(page.locator(".hs-warn")).to_be_visible()
    picture(page, "invite")
    assert not Invitation.objects.exists()
    page.locator("form.hs-ask button.primary").click()
    expect(page.locator("form.hs-ask")).to_have_count(0)
    assert Invitation.objects.get().basis == "partial"
    assert told == []


def test_a_link_is_shown_once(signed_in: Page, live_server, gone: Story, told: list[str]):
    page = signed_in
    visit(page, live_server, "recruitment_interview_change", gone.interview.pk)
    page.locator("form[action*='/steps/mint/'] button").click()
    address = page.locator("input.hs-link").input_value()
    assert "/i/" in address
    picture(page, "link")
    page.locator("a.hs-button.primary").click()
    assert address not in page.content()
    assert told == []
