"""Recruitment for tests: a plan of three stages, an opening with its rule, candidates, interviews in any state."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pgtrigger
from django.db import transaction
from django.utils import timezone

from people.actors import Party
from people.calendar import add_working_days
from people.models import Department, User
from recruitment.enums import InterviewState
from recruitment.models import (
    AdvanceRule,
    Answer,
    Application,
    Candidate,
    Checkpoint,
    Competency,
    Consent,
    FollowUp,
    Interview,
    InterviewExit,
    InterviewPlan,
    Lease,
    MentionPoint,
    Opening,
    OpeningSkill,
    PlanVersion,
    Question,
    ResumeFact,
    Round,
    Scorecard,
    Skill,
    Stage,
    StagePassage,
    WrittenTest,
)  # fmt: skip
from recruitment.services import plans
from tests.factories import people

_numbers = count(1)
COMPETENCIES = [
    ("communication", "沟通能力"), ("expertise", "专业技能"), ("reaction", "反应速度"),
    ("composure", "情绪管理"), ("teamwork", "团队协作"),
]  # fmt: skip
# stage title, competencies, questions as [(text, [(competency, label, wordings)])]
STAGES: list[tuple[str, list[tuple[str, list[tuple[str, str, list[str]]]]]]] = [
    (
        "自我介绍",
        [("请介绍一下你自己。", [("communication", "职责", ["负责"]), ("teamwork", "团队", ["团队"])])],
    ),
    (
        "专业问题",
        [
            (
                "你怎样核对一份报表?",
                [("expertise", "数据透视", ["透视表", "pivot"]), ("expertise", "抽样", ["抽样"])],
            ),
            ("数据对不上时你怎么办?", [("reaction", "先定位", ["定位"])]),
        ],
    ),
    (
        "情景模拟",
        [("客户当面发火,你怎么回应?", [("composure", "先倾听", ["倾听"]), ("teamwork", "求助", ["同事"])])],
    ),
]


def competency(code: str = "expertise") -> Competency:
    """One of the five competencies, made once."""
    name = dict(COMPETENCIES).get(code, code)
    return Competency.objects.get_or_create(code=code, defaults={"name": name, "name_en": code.title()})[0]


def competencies(codes: Iterable[str]) -> dict[str, Competency]:
    """Several of the five at once, by code."""
    wanted = [
        Competency(code=code, name=dict(COMPETENCIES).get(code, code), name_en=code.title())
        for code in dict.fromkeys(codes)
    ]
    made = Competency.objects.bulk_create(
        wanted, update_conflicts=True, unique_fields=["code"], update_fields=["code"]
    )
    return {row.code: row for row in made}


def skill(code: str = "excel", name: str = "Excel", of: str | None = "expertise") -> Skill:
    """A skill, seen through a competency."""
    defaults = {"name": name, "name_en": code.title(), "competency": competency(of) if of else None}
    return Skill.objects.get_or_create(code=code, defaults=defaults)[0]


def plan(name: str = "", *, published: bool = True) -> InterviewPlan:
    """自我介绍 → 专业问题 → 情景模拟, four questions with their points: version 1, published or a draft."""
    row = InterviewPlan.objects.create(name=name or f"面试方案{next(_numbers)}")
    version = PlanVersion.objects.create(plan=row, number=1)
    stages = Stage.objects.bulk_create(
        Stage(version=version, number=number, title=title)
        for number, (title, _) in enumerate(STAGES, start=1)
    )
    asked = [
        (Question(stage=stage, number=number, text=text), points)
        for stage, (_title, questions) in zip(stages, STAGES, strict=True)
        for number, (text, points) in enumerate(questions, start=1)
    ]
    Question.objects.bulk_create(question for question, _points in asked)
    known = competencies([code for _question, points in asked for code, _label, _wordings in points])
    MentionPoint.objects.bulk_create(
        MentionPoint(question=question, competency=known[code], label=label, wordings=wordings)
        for question, points in asked
        for code, label, wordings in points
    )
    planned = {
        (question.stage_id, known[code].pk) for question, points in asked for code, _label, _words in points
    }
    through = Stage.competencies.through
    through.objects.bulk_create(
        through(stage_id=stage, competency_id=competency_id) for stage, competency_id in sorted(planned)
    )
    if published:
        publish(version)
    return row


def publish(version: PlanVersion) -> None:
    """Let a version stand, without its step."""
    PlanVersion.objects.filter(pk=version.pk).update(published_at=timezone.now())


def with_stage(of: InterviewPlan, title: str = "补充环节", *, points: bool = True) -> PlanVersion:
    """A new version of the plan, published: one stage more than the last, with a question and its point."""
    draft = plans.edit(plan_id=of.pk, by=Party.SYSTEM)
    stage = Stage.objects.create(version=draft, number=draft.stages.count() + 1, title=title)
    question = Question.objects.create(stage=stage, number=1, text="还有什么想补充的?")
    if points:
        stage.competencies.add(competency("expertise"))
        MentionPoint.objects.create(
            question=question, competency=competency("expertise"), label="补充", wordings=["补充"]
        )
    plans.publish(version_id=draft.pk, by=Party.SYSTEM)
    return PlanVersion.objects.get(pk=draft.pk)


@contextmanager
def unfrozen() -> Iterator[None]:
    """Published plans may be touched in here: what the database refuses, as it might have been before it did."""
    rows = ("Stage", "Question", "MentionPoint", "Measured", "RubricLevel")
    with transaction.atomic(), pgtrigger.ignore(*(f"recruitment.{row}:published_stands" for row in rows)):
        yield


def full_marks(question: Question) -> str:
    """A text that mentions every point of the question."""
    return "我" + ",".join(point.wordings[0] for point in question.mention_points.all()) + "。"


def opening(
    of: Department | None = None,
    *,
    threshold: int | None = 80,
    skills: dict[str, int] | None = None,
    **fields: Any,
) -> Opening:
    """An open position with a plan, a specialist, a rule, and required skills as {code: level}."""
    fields.setdefault("title", f"数据分析师{next(_numbers)}")
    fields.setdefault("target_month", date(2026, 12, 1))
    fields.setdefault("headcount", 2)
    row = Opening.objects.create(
        department=of or people.department(),
        interview_plan=fields.pop("interview_plan", None) or plan(),
        specialist=fields.pop("specialist", None) or people.recruiter(),
        **fields,
    )
    if threshold is not None:
        AdvanceRule.objects.create(opening=row, threshold=Decimal(threshold))
    for code, level in (skills or {}).items():
        OpeningSkill.objects.create(opening=row, skill=skill(code), required_level=level)
    return row


def candidate(name: str = "张三", **fields: Any) -> Candidate:
    """A candidate with an address."""
    number = next(_numbers)
    fields.setdefault("email", f"candidate{number}@example.com")
    fields.setdefault("phone", f"1380000{number % 10000:04d}")
    return Candidate.objects.create(name=name, **fields)


def application(of: Opening | None = None, **fields: Any) -> Application:
    """An application in any stage (the constructor may set it)."""
    return Application.objects.create(
        opening=of or opening(), candidate=fields.pop("candidate", None) or candidate(), **fields
    )


def interview(
    of: Application | None = None, *, state: str = InterviewState.SCHEDULED, **fields: Any
) -> Interview:
    """An interview in any state, with its lease: live when it is in progress, with the exit when it is broken off."""
    of = of or application()
    now = timezone.now()
    fields.setdefault("window_opens_at", now - timedelta(hours=1))
    fields.setdefault("window_closes_at", now + timedelta(days=3))
    fields.setdefault(
        "expected_result", add_working_days(timezone.localdate(fields["window_closes_at"]), 1).date
    )
    if state in (InterviewState.IN_PROGRESS, InterviewState.INTERRUPTED, InterviewState.ABANDONED):
        fields.setdefault("started_at", now)
    if state not in (InterviewState.SCHEDULED, InterviewState.MISSED, InterviewState.CANCELLED):
        rule = AdvanceRule.objects.filter(opening=of.opening).first()
        if "threshold" not in fields:
            fields |= {
                "threshold": rule.threshold if rule else None,
                "rule_id": rule.version_id if rule else None,
            }
    if state == InterviewState.INTERRUPTED:
        fields.setdefault("resume_until", now + timedelta(hours=72))
        fields.setdefault("interrupted_at", now)
    row = Interview.objects.create(
        application=of, version=of.opening.interview_plan.newest(), state=state, **fields
    )
    live = state == InterviewState.IN_PROGRESS
    Lease.objects.create(
        interview=row,
        epoch=1 if row.started_at else 0,
        live=live,
        last_seen_at=now if row.started_at else None,
        expires_at=datetime.now(UTC) + timedelta(seconds=30) if live else None,
    )
    if row.started_at:
        Consent.objects.create(
            interview=row, attempt=row.attempt, kind="ai_evaluation", version="test", given=True
        )
    if state in (InterviewState.INTERRUPTED, InterviewState.ABANDONED):
        exit_(row)
    return row


def exit_(of: Interview, **fields: Any) -> InterviewExit:
    """An exit of the interview's present attempt."""
    fields.setdefault("cause", "network")
    fields.setdefault("is_announced", False)
    fields.setdefault("left_at", timezone.now())
    return InterviewExit.objects.create(interview=of, attempt=of.attempt, **fields)


def saved_stage(of: Interview, number: int, *, text: str | None = None) -> Checkpoint:
    """A stage of the present attempt, answered (with full marks unless a text is given) and saved, not scored yet."""
    stage = of.version.stages.get(number=number)
    for question in stage.questions.all():
        Answer.objects.create(
            interview=of, attempt=of.attempt, question=question, revision=1,
            text=full_marks(question) if text is None else text, finished_at=timezone.now(),
        )  # fmt: skip
    return Checkpoint.objects.create(interview=of, attempt=of.attempt, stage=stage, saved_at=timezone.now())


def follow_up(of: Interview, **fields: Any) -> FollowUp:
    """An open follow-up of the interview's open exit."""
    now = timezone.now()
    fields.setdefault("exit", of.exits.filter(returned_at__isnull=True).first())
    fields.setdefault("assignee", of.application.opening.specialist)
    fields.setdefault("opened_at", now)
    fields.setdefault("due_at", now + timedelta(hours=24))
    return FollowUp.objects.create(interview=of, attempt=of.attempt, **fields)


def written_test(of: Application, code: str = "excel", score: int = 55) -> WrittenTest:
    """A written test on a skill."""
    return WrittenTest.objects.create(
        application=of, skill=skill(code), score=score, taken_on=date(2026, 11, 16)
    )


def stay(
    of: Application, stage: str, to: str, *, days: int, ago: int = 0, promised_by: date | None = None
) -> StagePassage:
    """A stay of so many days in a stage, over so many days ago."""
    left = timezone.now() - timedelta(days=ago)
    return StagePassage.objects.create(
        application=of, stage=stage, to_stage=to, entered_at=left - timedelta(days=days), left_at=left,
        promised_by=promised_by,
    )  # fmt: skip


def card(
    of: Application, interviewer: User | None = None, *, hours_ago: float = 2, **fields: Any
) -> Scorecard:
    """An interviewer's card of the application's round, held so many hours ago; the round is made with the first."""
    over = timezone.now() - timedelta(hours=hours_ago)
    slot = (over - timedelta(hours=1), over)
    row = Interview.objects.filter(application=of, kind="people").first()
    if row is None:
        row = interview(of, kind="people", round=2, window_opens_at=slot[0], window_closes_at=slot[1])
        Round.objects.create(interview=row, slot=slot, is_booked=False)
    return Scorecard.objects.create(
        round=row.held, interviewer=interviewer or people.recruiter(), slot=slot, is_booked=False, **fields
    )


def project(of: Application, code: str = "excel", level: int = 3, title: str = "销售看板") -> ResumeFact:
    """A project of the résumé."""
    return ResumeFact.objects.create(
        application=of, kind="project", title=title, skill=skill(code), level=level
    )


def specialist_of(row: Interview) -> User:
    """The recruiting specialist of the interview's opening."""
    return row.application.opening.specialist
