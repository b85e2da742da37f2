"""A plan at a desk and on a phone: a draft, its wordings as tags, an answer tried, what publishing means."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from recruitment.models import InterviewPlan, MentionPoint, PlanVersion
from tests.browser.conftest import picture
from tests.factories import recruitment as make
from tests.recruitment.admin.conftest import broken_off

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SIZES = [{"width": 1440, "height": 900}, {"width": 390, "height": 844}]


@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_a_plan_is_changed_tried_and_published(
    signed_in: Page, live_server: Any, size: Any, told: list[str]
) -> None:
    story = broken_off()
    plan: InterviewPlan = story.interview.version.plan
    make.interview(make.application(story.application.opening))
    page = signed_in
    page.set_viewport_size(size)
    name = f"plan_{size['width']}"

    def visit(row: Any) -> None:
        address = reverse(f"admin:recruitment_{row._meta.model_name}_change", args=[row.pk])
        page.goto(f"{live_server.url}{address}")

    visit(plan)
    picture(page, f"{name}_page")
    page.get_by_role("button", name="起草新版本").click()
    expect(page.locator("form[data-plan]")).to_be_visible()
    picture(page, f"{name}_draft")
    assert plan.draft is not None
    a_stage_is_moved_by_keys(page, plan.draft)
    question = plan.draft.stages.get(number=1).questions.get()
    point = question.mention_points.get(label="职责")

    visit(question)
    box = page.locator("textarea[name=mention_points-0-wordings]")
    box.fill("数据，图表、透视表；函数\n看板")
    tags = page.locator(".hs-tags").first.locator("li")
    expect(tags).to_have_count(5)
    tags.last.get_by_role("button").click()
    expect(tags).to_have_count(4)
    picture(page, f"{name}_tags")
    page.locator("button[name=_save], input[name=_save]").first.click()
    expect(page).to_have_url(f"{live_server.url}{reverse('admin:recruitment_question_changelist')}")
    assert MentionPoint.objects.get(pk=point.pk).wordings == ["数据", "图表", "透视表", "函数"]

    visit(plan)
    page.locator("select[name=question]").select_option(str(question.pk))
    page.locator("textarea[name=text]").fill("我用透视表核对数据。")
    page.get_by_role("button", name="试评").click()
    expect(page.locator("#tried .is-there").first).to_contain_text("职责")
    picture(page, f"{name}_tried")

    visit(plan)
    page.get_by_role("link", name="发布草稿").click()
    expect(page.get_by_text("对面试的影响")).to_be_visible()
    picture(page, f"{name}_publishing")
    page.get_by_role("button", name="发布草稿").click()
    expect(page.get_by_text("已发布，1 场已安排的面试改用这一版。")).to_be_visible()
    picture(page, f"{name}_published")
    visit(plan.newest().stages.get(number=1).questions.get())
    picture(page, f"{name}_read")
    page.goto(f"{live_server.url}{reverse('admin:recruitment_interview_change', args=[story.interview.pk])}")
    picture(page, f"{name}_interview")
    assert told == []


def a_stage_is_moved_by_keys(page: Page, draft: PlanVersion) -> None:
    stages = draft.stages.order_by("number").values_list("title", flat=True)
    first, second, third = stages
    grip = page.locator("[data-block=s] > .hs-block-head [data-grip]").nth(1)
    expect(grip).to_be_visible()
    grip.press("ArrowDown")
    page.get_by_role("button", name="保存草稿").last.click()
    expect(page.get_by_text("草稿已保存。")).to_be_visible()
    assert list(stages.all()) == [first, third, second]
