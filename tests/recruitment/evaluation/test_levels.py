"""The rubric's levels: the house's until a plan is published, the version's own from then on."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from people.actors import Party
from recruitment.models import InterviewPlan, PlanVersion, RubricLevel
from recruitment.services import plan_changes, plans, ready_plans
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def house(code: str, level: int, anchor: str) -> RubricLevel:
    return RubricLevel.objects.create(competency=make.competency(code), level=level, anchor=anchor)


def own(version: PlanVersion, code: str, level: int, anchor: str) -> RubricLevel:
    return RubricLevel.objects.create(
        version=version, competency=make.competency(code), level=level, anchor=anchor
    )


def levels(version: PlanVersion) -> set[tuple[str, int, str, bool]]:
    return set(version.levels.values_list("competency__code", "level", "anchor", "from_house"))


def published(draft: PlanVersion | None) -> PlanVersion:
    assert draft is not None
    plans.publish(version_id=draft.pk, by=Party.SYSTEM)
    return draft


def next_draft(plan: InterviewPlan) -> PlanVersion:
    return plans.edit(plan_id=plan.pk, by=Party.SYSTEM)


def test_publishing_gives_a_version_the_houses_levels_of_what_it_measures_and_has_none_for() -> None:
    house("teamwork", 1, "只谈个人")
    house("teamwork", 5, "主动对齐")
    house("expertise", 3, "会用工具")
    house("selling", 5, "方案里没有的能力")
    plan = make.plan(published=False)
    draft = plan.draft
    assert draft is not None
    own(draft, "expertise", 5, "讲得清为什么")

    first = published(draft)

    assert levels(first) == {
        ("teamwork", 1, "只谈个人", True), ("teamwork", 5, "主动对齐", True),
        ("expertise", 5, "讲得清为什么", False),
    }  # fmt: skip


def test_a_later_wording_of_the_house_judges_nothing_that_is_published() -> None:
    row = house("teamwork", 5, "主动对齐")
    plan = make.plan(published=False)
    first = published(plan.draft)
    row.anchor = "主动对齐并补位"
    row.save()

    assert levels(first) == {("teamwork", 5, "主动对齐", True)}
    draft = next_draft(plan)
    assert levels(draft) == set()
    (change,) = plan_changes.between(first, draft)
    assert (change.where, change.was, change.now) == ("团队协作 5", "主动对齐", "主动对齐并补位")
    assert levels(published(draft)) == {("teamwork", 5, "主动对齐并补位", True)}


def test_what_a_version_brought_is_read_on_its_page_ever_after(client: Client) -> None:
    row = house("teamwork", 5, "主动对齐")
    plan = make.plan(published=False)
    first = published(plan.draft)
    RubricLevel.objects.filter(pk=row.pk).update(anchor="主动对齐并补位")
    second = published(next_draft(plan))
    client.force_login(people.lead())
    pages = [
        client.get(reverse("admin:recruitment_planversion_change", args=[version.pk])).content.decode()
        for version in (first, second)
    ]
    assert ["与第 1 版相比的改动" in page and "主动对齐并补位" in page for page in pages] == [False, True]


def test_a_draft_and_a_copy_begin_with_the_plans_own_levels() -> None:
    plan = make.plan(published=False)
    assert plan.draft is not None
    own(plan.draft, "reaction", 1, "只等安排")
    first = published(plan.draft)
    kept = {("reaction", 1, "只等安排", False)}
    draft = next_draft(plan)
    assert levels(draft) == levels(first) == kept
    assert plan_changes.between(first, draft) == []
    assert levels(ready_plans.copy_plan(plan_id=plan.pk, name="另一个", by=Party.SYSTEM)) == kept


@pytest.mark.parametrize("values", [{"level": 5}, {"level": 0}, {"level": 6}, {"level": 1, "anchor": ""}])
def test_one_anchor_for_each_of_five_levels(values: dict[str, Any]) -> None:
    house("teamwork", 5, "主动对齐")

    def wrong() -> None:
        RubricLevel.objects.create(competency=make.competency("teamwork"), **{"anchor": "x", **values})
        connection.check_constraints()

    with pytest.raises(IntegrityError), transaction.atomic():
        wrong()


def test_the_houses_rubric_is_kept_on_the_competencys_page(as_hr: Any) -> None:
    competency = make.competency("teamwork")
    plan = make.plan(published=False)
    assert plan.draft is not None
    own(plan.draft, "teamwork", 1, "方案自己的")
    page = reverse("admin:recruitment_competency_change", args=[competency.pk])
    values = {
        "name": competency.name, "name_en": competency.name_en, "code": competency.code,
        "levels-TOTAL_FORMS": 2, "levels-INITIAL_FORMS": 0,
        "levels-0-level": 1, "levels-0-anchor": "只谈个人", "levels-1-level": 1, "levels-1-anchor": "再来一次",
    }  # fmt: skip
    assert as_hr.post(page, values).status_code == 200
    assert as_hr.post(page, values | {"levels-1-level": 5}).status_code == 302
    assert set(competency.levels.filter(version=None).values_list("level", "anchor")) == {
        (1, "只谈个人"), (5, "再来一次"),
    }  # fmt: skip
    text = as_hr.get(page).content.decode()
    assert "再来一次" in text
    assert "方案自己的" not in text


def test_a_published_rubric_is_read_with_where_it_came_from(as_hr: Any) -> None:
    house("teamwork", 5, "主动对齐")
    version = published(make.plan(published=False).draft)
    page = as_hr.get(reverse("admin:recruitment_planversion_change", args=[version.pk])).content.decode()
    assert "主动对齐" in page
    assert "沿用公司标准" in page
    assert 'name="levels-0-anchor"' not in page
