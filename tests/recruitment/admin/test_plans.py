"""The pages of a plan: its draft, what publishing means, the box that tries an answer, what never matches."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recruitment import queries
from recruitment.evaluation.services import scoring
from recruitment.models import Answer, Interview, MentionPoint, Question, RubricScore, Stage
from recruitment.recordings.admin.segments import place_words
from recruitment.services import plans
from tests.factories import people, segments
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def page(row, kind="change", *more):
    return reverse(f"admin:recruitment_{row._meta.model_name}_{kind}", args=[row.pk, *more])


def published_with(wordings: list[str]):
    """A plan with one question, whose one point has these wordings."""
    plan = make.plan(published=False)
    draft = plan.draft
    draft.stages.exclude(number=1).delete()
    question = draft.stages.get().questions.get()
    question.mention_points.all().delete()
    MentionPoint.objects.create(
        question=question, competency=make.competency(), label="工具", wordings=wordings
    )
    make.publish(draft)
    return plan


def answered(plan, text: str, times: int) -> None:
    opening = make.opening(interview_plan=plan)
    for _time in range(times):
        interview = make.interview(make.application(opening), state="in_progress")
        scoring.score_checkpoint(checkpoint_id=make.saved_stage(interview, 1, text=text).pk)


def test_a_draft_is_begun_shown_and_published_from_the_plans_page(as_hr):
    plan = make.plan("数据岗")
    scheduled = make.interview(make.application(make.opening(interview_plan=plan)))
    assert "起草新版本" in as_hr.get(page(plan)).content.decode()

    answer = as_hr.post(page(plan, "step", "edit"))

    assert answer["Location"] == page(plan.draft, "page")
    first = plan.draft.stages.get(number=1)
    first.minutes = 9
    first.save()
    listed = as_hr.get(reverse("admin:recruitment_interviewplan_changelist")).content.decode()
    assert "第 2 版草稿" in listed
    asks = as_hr.get(page(plan, "step", "publish")).content.decode()
    assert all(words in asks for words in ("与第 1 版相比的改动", "时长（分钟）", "<b>9</b>", "对面试的影响"))
    assert "<b>1</b> 场已安排" in asks
    assert plan.draft is not None

    assert as_hr.post(page(plan, "step", "publish")).status_code == 302
    assert (plan.draft, plan.published.number) == (None, 2)
    assert Interview.objects.get(pk=scheduled.pk).version == plan.published


def test_what_is_published_is_read_and_takes_no_post(as_hr):
    version = make.plan().newest()
    stage = version.stages.get(number=1)
    question = stage.questions.get()
    for row in (version, stage, question):
        shown = as_hr.get(page(row))
        assert (shown.status_code, shown.context["has_change_permission"]) == (200, False)
        assert as_hr.post(page(row), {"title": "别的", "text": "别的", "notes": "别的"}).status_code == 403
    assert '<ul class="hs-tags"><li>负责</li></ul>' in as_hr.get(page(question)).content.decode()
    assert Question.objects.get(pk=question.pk).text == question.text


def test_an_answer_is_tried_and_nothing_is_written(as_hr):
    version = make.plan().newest()
    question = version.stages.get(number=1).questions.get()
    address = page(version, "try")
    with CaptureQueriesContext(connection) as asked:
        answer = as_hr.post(address, {"question": question.pk, "text": "我负责报表。"})
    assert answer.status_code == 200
    found = {
        str(row.competency): (
            row.value, [each["point"] for each in row.mentioned], [each["point"] for each in row.missing]
        )
        for row in answer.context["tried"]
    }  # fmt: skip
    assert found == {"沟通能力": (100, ["职责"], []), "团队协作": (0, [], ["团队"])}
    written = ("INSERT", "UPDATE", "DELETE")
    assert [
        one["sql"] for one in asked if one["sql"].startswith(written) and "session" not in one["sql"]
    ] == []
    assert (Answer.objects.count(), RubricScore.objects.count(), LogEntry.objects.count()) == (0, 0, 0)
    elsewhere = make.plan().newest().stages.get(number=1).questions.get()
    assert as_hr.post(address, {"question": elsewhere.pk, "text": "我"}).status_code == 422
    assert as_hr.get(address).status_code == 405


def test_the_box_is_for_who_may_see_plans(client):
    version = make.plan().newest()
    client.force_login(people.manager())
    assert client.post(page(version, "try"), {}).status_code in (302, 403, 404)


def test_a_list_in_one_wording_is_found_by_an_answer_that_names_one():
    plan = published_with(["数据，图表、透视表；函数"])
    answered(plan, "我常用透视表。", 1)
    assert RubricScore.objects.get(method="rubric-coverage/1", competency=make.competency()).value == 100


def test_a_question_that_ten_answers_missed_is_named_on_the_first_page_and_its_plans(as_hr):
    plan = published_with(["绝不会有人这么说"])
    words = "作答都没有提到要点的题目"
    answered(plan, "我会核对数据。", 9)
    assert not queries.never_matched().exists()
    answered(plan, "我会核对数据。", 1)
    assert [row.stage.version.plan for row in queries.never_matched()] == [plan]
    for address in (reverse("admin:index"), page(plan)):
        assert words in as_hr.get(address).content.decode()
    # A new version begins anew; so does one whose first ten answers had a match.
    make.publish(plans.edit(plan_id=plan.pk, by=people.recruiter(username="zhou")))
    assert not queries.never_matched().exists()
    other = published_with(["核对"])
    answered(other, "我会核对数据。", 1)
    answered(other, "不知道。", 10)
    assert not queries.never_matched().exists()
    assert words not in as_hr.get(reverse("admin:index")).content.decode()


def test_places_are_counted_where_numbers_have_gaps(as_hr):
    interview = make.interview(state="in_progress")
    with make.unfrozen():
        for stage in interview.version.stages.order_by("-number"):
            Stage.objects.filter(pk=stage.pk).update(number=stage.number + 1)
        Question.objects.filter(stage__version=interview.version).update(number=F("number") + 6)
    made = segments.segment(segments.answer(interview, stage=2, question=7))
    row = type(made).objects.annotate(**queries.places("answer__question")).get(pk=made.pk)
    assert place_words(row, row) == "环节 1 第 1 题，第 1 段录制"
    shown = as_hr.get(page(interview)).content.decode()
    assert "<b>1. 自我介绍</b>" in shown
    assert "<b>1.1</b>" in shown
