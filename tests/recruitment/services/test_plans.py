"""Plan versions: what was begun under one is taken and judged under it, whatever is published afterwards."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from core.errors import Forbidden, Invalid, NotFound, Refused
from people.actors import Party
from recruitment.evaluation.services import scoring
from recruitment.models import (
    AdvanceRule,
    Application,
    Assessment,
    Checkpoint,
    Decision,
    Interview,
    InterviewPlan,
    MentionPoint,
    PlanVersion,
    Question,
    RubricLevel,
    RubricScore,
    Stage,
)
from recruitment.services import answers, interviews, plan_changes, plans, scheduling
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def completed(of: Interview, *, scored: bool) -> list[Checkpoint]:
    """All three stages answered with full marks and saved, the interview complete."""
    checkpoints = [make.saved_stage(of, number) for number in (1, 2, 3)]
    with transaction.atomic():
        interviews.complete_if_finished(Interview.objects.select_for_update().get(pk=of.pk))
    for checkpoint in checkpoints if scored else []:
        scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    return checkpoints


def in_progress() -> Interview:
    return make.interview(make.application(stage="interviewing"), state="in_progress")


def full() -> Decimal | None:
    return Assessment.objects.get(basis="full", status="current").value


def plan_of(interview: Interview) -> InterviewPlan:
    return interview.version.plan


def window(days: int = 1) -> dict[str, Any]:
    opens = timezone.now() + timedelta(days=days)
    return {"opens_at": opens, "closes_at": opens + timedelta(days=1)}


def test_a_stage_added_after_the_last_was_finished_holds_no_report_up() -> None:
    interview = in_progress()
    checkpoints = completed(interview, scored=False)
    newer = make.with_stage(plan_of(interview))
    for checkpoint in checkpoints:
        scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    assert full() == 100
    assert (Interview.objects.get().version.number, newer.number) == (1, 2)


def test_a_reviewers_override_moves_a_report_on_an_earlier_version() -> None:
    interview = in_progress()
    completed(interview, scored=True)
    make.with_stage(plan_of(interview))
    for score in RubricScore.objects.all():
        scoring.override(score_id=score.pk, value="40", reason="只会背", by=people.recruiter())
    assert full() == 40


def test_a_stage_added_while_somebody_answers_is_not_asked_of_them() -> None:
    interview = in_progress()
    for number in (1, 2):
        make.saved_stage(interview, number)
    make.with_stage(plan_of(interview))
    for question in interview.version.stages.get(number=3).questions.all():
        answers.save_text(
            interview_id=interview.pk,
            question_id=question.pk,
            epoch=1,
            revision=1,
            text="我会倾听,再请同事帮忙。",
        )
    saved = answers.finish_stage(interview_id=interview.pk, stage_number=3, epoch=1)
    assert saved.state == "completed"
    with pytest.raises(NotFound) as raised:
        answers.finish_stage(interview_id=interview.pk, stage_number=4, epoch=1)
    assert raised.value.code == "stage_unknown"


def test_who_has_not_begun_takes_what_is_published_and_all_others_keep_theirs() -> None:
    plan = make.plan()
    opening = make.opening(interview_plan=plan)

    def of(state: str) -> Interview:
        return make.interview(make.application(opening), state=state)

    states = ("scheduled", "in_progress", "interrupted", "completed", "abandoned", "missed", "cancelled")
    rows = {state: of(state) for state in states}
    elsewhere = make.interview()
    assert plan_changes.concerned(plan.pk) == plan_changes.Concerned(waiting=1, running=2, over=4)

    newer = make.with_stage(plan)

    assert {state: Interview.objects.get(pk=row.pk).version.number for state, row in rows.items()} == {
        "scheduled": 2, "in_progress": 1, "interrupted": 1, "completed": 1, "abandoned": 1, "missed": 1,
        "cancelled": 1,
    }  # fmt: skip
    assert Interview.objects.get(pk=elsewhere.pk).version == elsewhere.version
    scheduled = scheduling.schedule(
        application_id=make.application(opening).pk, by=people.recruiter(), **window()
    )
    assert scheduled.version == newer


def test_a_new_time_takes_the_newest_version_only_where_nothing_was_answered() -> None:
    plan = make.plan()
    opening = make.opening(interview_plan=plan)
    missed = make.interview(make.application(opening), state="missed")
    left = make.interview(make.application(opening), state="interrupted")
    make.saved_stage(left, 1)
    make.with_stage(plan)
    hr = people.recruiter()
    for row in (missed, left):
        scheduling.reschedule(interview_id=row.pk, by=hr, **window())
    make.with_stage(plan, "又一个环节")
    assert [Interview.objects.get(pk=row.pk).version.number for row in (missed, left)] == [3, 1]


def test_nothing_is_scheduled_by_a_plan_that_is_only_a_draft() -> None:
    application = make.application(make.opening(interview_plan=make.plan(published=False)))
    with pytest.raises(Invalid) as raised:
        scheduling.schedule(application_id=application.pk, by=people.recruiter(), **window())
    assert raised.value.code == "plan_not_published"
    assert not Interview.objects.exists()


def _with_level(version: PlanVersion) -> Any:
    """Its one level, as it was published with."""
    with make.unfrozen():
        RubricLevel.objects.create(version=version, competency=make.competency(), level=1, anchor="一级")
    return RubricLevel.objects.filter(version=version)


CHANGES: dict[str, Any] = {
    "an answered question moves to another plan": lambda version, other: Question.objects.filter(
        stage__version=version, number=1
    ).update(stage=other.stages.get(number=1)),
    "a question comes from another plan": lambda version, other: Question.objects.filter(
        stage__version=other
    ).update(stage=version.stages.get(number=1), number=9),
    "an open question goes": lambda version, _other: Question.objects.filter(stage__version=version).delete(),
    "a question is reworded": lambda version, _other: Question.objects.filter(stage__version=version).update(
        text="别的"
    ),
    "a question comes": lambda version, _other: Question.objects.create(
        stage=version.stages.get(number=1), number=9, text="别的"
    ),
    "a stage comes": lambda version, _other: Stage.objects.create(version=version, number=9, title="别的"),
    "a stage goes": lambda version, _other: version.stages.filter(number=3).delete(),
    "a stage moves": lambda version, other: version.stages.filter(number=3).update(version=other, number=9),
    "a stage measures more": lambda version, _other: version.stages.get(number=1).competencies.add(
        make.competency("reaction")
    ),
    "a stage measures less": lambda version, _other: version.stages.get(number=1).competencies.clear(),
    "a point comes": lambda version, _other: MentionPoint.objects.create(
        question=version.stages.get(number=1).questions.get(),
        competency=make.competency(),
        label="别的",
        wordings=["别的"],
    ),
    "a point goes": lambda version, _other: MentionPoint.objects.filter(
        question__stage__version=version
    ).delete(),
    "a point weighs more": lambda version, _other: MentionPoint.objects.filter(
        question__stage__version=version
    ).update(weight=9),
    "a level comes": lambda version, _other: RubricLevel.objects.create(
        version=version, competency=make.competency(), level=1, anchor="别的"
    ),
    "a level goes": lambda version, _other: _with_level(version).delete(),
    "a level is reworded": lambda version, _other: _with_level(version).update(anchor="别的"),
    "its notes change": lambda version, _other: PlanVersion.objects.filter(pk=version.pk).update(
        notes="别的"
    ),
    "it is a draft again": lambda version, _other: PlanVersion.objects.filter(pk=version.pk).update(
        published_at=None
    ),
    "it goes": lambda version, _other: version.delete(),
    "its plan goes": lambda version, _other: version.plan.delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_every_change_of_what_is_published(change: str) -> None:
    version, other = make.plan().newest(), make.plan(published=False).draft
    with pytest.raises(ProgrammingError, match="Cannot change what is published"), transaction.atomic():
        CHANGES[change](version, other)
    connection.check_constraints()


def test_a_draft_is_the_last_version_as_it_was_and_there_is_one() -> None:
    plan, hr = make.plan(), people.recruiter()
    first = plan.newest()
    draft = plans.edit(plan_id=plan.pk, by=hr)
    assert plans.edit(plan_id=plan.pk, by=hr) == draft
    assert (draft.number, draft.published_at, plan.draft, plan.published) == (2, None, draft, first)
    assert content(draft) == content(first)
    assert plan_changes.between(first, draft) == []

    plans.discard(version_id=draft.pk, by=hr)
    assert (plan.draft, plan.published, content(first) != []) == (None, first, True)


def content(version: PlanVersion) -> list[Any]:
    """What a version asks, without the rows it is in."""
    return list(
        version.stages.order_by("number", "questions__number", "questions__mention_points__label").values_list(
            "number", "title", "questions__text", "questions__mention_points__label",
            "questions__mention_points__wordings", "questions__mention_points__weight",
        )
    ) + sorted(version.stages.values_list("number", "competencies__code"))  # fmt: skip


def test_only_a_whole_draft_is_published_once_and_by_who_may() -> None:
    plan, hr = make.plan(), people.recruiter()
    draft = plans.edit(plan_id=plan.pk, by=hr)
    stage = Stage.objects.create(version=draft, number=4, title="空的")
    with pytest.raises(Invalid) as raised:
        plans.publish(version_id=draft.pk, by=hr)
    assert raised.value.code == "plan_without_questions"
    stage.delete()
    for person in (people.trainer(), people.manager()):
        for step in (plans.publish, plans.discard):
            with pytest.raises(Forbidden):
                step(version_id=draft.pk, by=person)
        with pytest.raises(Forbidden):
            plans.edit(plan_id=plan.pk, by=person)
    assert plan.published != draft

    plans.publish(version_id=draft.pk, by=hr)

    assert (plan.published, plan.draft) == (draft, None)
    assert PlanVersion.objects.get(pk=draft.pk).published_by == hr
    for step in (plans.publish, plans.discard):
        with pytest.raises(Refused) as refused:
            step(version_id=draft.pk, by=hr)
        assert refused.value.code == "version_published"
    with pytest.raises(NotFound):
        plans.publish(version_id=0, by=hr)


def test_a_difference_says_what_changed_and_nothing_else() -> None:
    plan = make.plan()
    draft = plans.edit(plan_id=plan.pk, by=Party.SYSTEM)
    first, second, third = draft.stages.order_by("number")
    PlanVersion.objects.filter(pk=draft.pk).update(notes="请带作品", resume_hours=48)
    second.minutes = 20
    second.save()
    moved, kept = second.questions.order_by("number")
    Question.objects.filter(pk=moved.pk).update(stage=first, number=2)
    MentionPoint.objects.filter(question=kept).update(wordings=["定位", "排查"])
    third.questions.all().delete()
    Question.objects.create(stage=third, number=1, text="你如何收尾?")
    Stage.objects.create(version=draft, number=4, title="反问")

    found = plan_changes.between(plan.newest(), PlanVersion.objects.get(pk=draft.pk))

    assert [(change.where, str(change.what), change.was, change.now) for change in found] == [
        ("", "给候选人的说明", "", "请带作品"),
        ("", "可返回时限（小时）", "72", "48"),
        ("自我介绍", "题目移到这里", "专业问题", "你怎样核对一份报表?"),
        ("专业问题", "时长（分钟）", "5", "20"),
        (
            "数据对不上时你怎么办?", "要点有改动", "先定位（反应速度 × 1）：定位",
            "先定位（反应速度 × 1）：定位、排查",
        ),
        ("情景模拟", "题目文字有改动", "客户当面发火,你怎么回应?", "你如何收尾?"),
        ("你如何收尾?", "删去要点", "先倾听（情绪管理 × 1）：倾听", ""),
        ("你如何收尾?", "删去要点", "求助（团队协作 × 1）：同事", ""),
        ("反问", "新增环节", "", "反问"),
    ]  # fmt: skip
    assert {str(change.what) for change in plan_changes.between(None, plan.newest())} == {
        "新增环节",
        "新增题目",
    }


def test_a_rule_that_was_changed_after_somebody_began_judges_them_as_before() -> None:
    application = make.application(make.opening(threshold=80), stage="interviewing")
    interview = make.interview(application)
    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE, consents=["ai_evaluation"])
    AdvanceRule.objects.update(threshold=100)
    late = make.interview(make.application(application.opening, stage="interviewing"))
    interviews.enter(interview_id=late.pk, by=Party.CANDIDATE, consents=["ai_evaluation"])
    for row in (interview, late):
        entered = Interview.objects.get(pk=row.pk)
        # One of two points of one of five competencies is missing: 90.
        said = [None, "我会用透视表,先定位。", None]
        saved = [make.saved_stage(entered, place, text=text) for place, text in enumerate(said, start=1)]
        with transaction.atomic():
            interviews.complete_if_finished(Interview.objects.select_for_update().get(pk=row.pk))
        for checkpoint in saved:
            scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    found = Decision.objects.order_by("pk").values_list("assessment__value", "threshold", "outcome")
    assert list(found) == [(90, 80, "invited"), (90, 100, "below")]
    stages = [Application.objects.get(pk=row.application_id).stage for row in (interview, late)]
    assert stages == ["second_round", "evaluating"]
