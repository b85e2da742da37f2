"""Ready plans: whole in both languages, taken over as a draft, published as any other; and copies of one's own."""

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import Forbidden, Invalid, NotFound, Refused
from recruitment.evaluation.services.trying import try_answer
from recruitment.library.posts import COMPETENCIES, INTRODUCTION, POSTS
from recruitment.models import Competency, InterviewPlan, MentionPoint, PlanVersion, Question
from recruitment.services import plans, ready_plans
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def test_the_library_is_whole() -> None:
    assert len(POSTS) == len({post.code for post in POSTS}) == len({post.name for post in POSTS}) == 10
    for post in POSTS:
        for asked in (INTRODUCTION, *post.questions, post.situation):
            assert asked.text_en.isascii(), asked.text_en
            assert not asked.text.isascii()
            assert len(asked.points) >= 3
            for point in asked.points:
                assert point.competency in COMPETENCIES
                assert any(word.isascii() for word in point.wordings), point
                assert any(not word.isascii() for word in point.wordings), point
        competencies = {
            point.competency for asked in (*post.questions, post.situation) for point in asked.points
        }
        assert {"expertise", "reaction"} <= competencies


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.code)
def test_what_is_taken_over_is_a_draft_that_can_be_published(post) -> None:
    by = people.recruiter()
    draft = ready_plans.take(code=post.code, name=post.name, by=by)
    assert draft.plan.published is None
    assert [stage.number for stage in draft.stages.all()] == [1, 2, 3]
    assert all(stage.competencies.exists() for stage in draft.stages.all())
    plans.publish(version_id=draft.pk, by=by)
    assert InterviewPlan.objects.get(name=post.name).published == draft
    question = Question.objects.filter(stage__version=draft).first()
    said = "，".join(point.wordings[0] for point in question.mention_points.all())
    assert try_answer(question, said) is not None


def test_the_houses_own_competencies_are_taken_by_code_or_by_name() -> None:
    by_code = Competency.objects.create(code="communication", name="表达")
    by_name = Competency.objects.create(code="own", name="团队协作")
    draft = ready_plans.take(code="sales", name="销售", by=people.lead())
    points = MentionPoint.objects.filter(question__stage__version=draft)
    used = set(points.values_list("competency", flat=True))
    assert {by_code.pk, by_name.pk} <= used
    assert not Competency.objects.filter(code="teamwork").exists()
    assert Competency.objects.filter(code="reaction").count() == 1


def test_what_is_refused_leaves_nothing_behind() -> None:
    by = people.recruiter()
    before = InterviewPlan.objects.count()
    for code, name, error in (("?", "甲", NotFound), ("sales", " ", Invalid), ("sales", "\x00", Invalid)):
        with pytest.raises(error):
            ready_plans.take(code=code, name=name, by=by)
    for person in (people.trainer(), people.manager()):
        with pytest.raises(Forbidden):
            ready_plans.take(code="sales", name="甲", by=person)
    assert InterviewPlan.objects.count() == before
    ready_plans.take(code="sales", name="甲", by=by)
    with pytest.raises(Refused) as refused:
        ready_plans.take(code="accountant", name="甲", by=by)
    assert refused.value.code == "name_taken"
    assert PlanVersion.objects.filter(plan__name="甲").count() == 1


def test_a_copy_begins_as_what_is_published_and_changes_nothing() -> None:
    plan = make.interview().version.plan
    version = plan.published
    draft = ready_plans.copy_plan(plan_id=plan.pk, name="副本", by=people.recruiter())
    texts = [
        list(
            Question.objects.filter(stage__version=one)
            .order_by("stage__number", "number")
            .values_list("stage__title", "text")
        )
        for one in (version, draft)
    ]
    assert texts[0] == texts[1]
    assert texts[0]
    assert (draft.notes, draft.resume_hours) == (version.notes, version.resume_hours)
    plan.refresh_from_db()
    assert (plan.published, plan.draft) == (version, None)


def test_the_page_takes_one_over_and_says_what_is_wrong(client: Client) -> None:
    client.force_login(people.recruiter())
    address = reverse("admin:recruitment_interviewplan_library")
    assert client.get(address).content.decode().count("选用，存为草稿") == len(POSTS)
    answer = client.post(address, {"code": "sales", "name": "华东销售"})
    draft = PlanVersion.objects.get(plan__name="华东销售")
    assert answer.headers["Location"] == reverse("admin:recruitment_planversion_page", args=[draft.pk])
    again = client.post(address, {"code": "sales", "name": "华东销售"})
    assert again.status_code == 422
    assert "已有同名方案" in again.content.decode()
    assert client.post(address, {"code": "?", "name": "x"}).status_code == 422
    copied = client.post(
        reverse("admin:recruitment_interviewplan_step", args=[draft.plan_id, "copy"]), {"name": "华南销售"}
    )
    assert copied.status_code == 302
    assert PlanVersion.objects.get(plan__name="华南销售").stages.count() == 3


def test_others_read_the_library_and_take_nothing(client: Client) -> None:
    client.force_login(people.trainer())
    address = reverse("admin:recruitment_interviewplan_library")
    page = client.get(address)
    assert page.status_code == 200
    assert "选用，存为草稿" not in page.content.decode()
    assert client.post(address, {"code": "sales", "name": "x"}).status_code in (403, 422)
    assert not InterviewPlan.objects.filter(name="x").exists()
