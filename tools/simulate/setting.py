"""The candidates of a simulation: an opening of their own, evidence, cases that wait on the interviews, links."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from pypinyin import lazy_pinyin

from onboarding.services import cases
from people.actors import Party
from people.calendar import add_working_days
from recruitment.enums import OpeningState
from recruitment.enums_incoming import ResumeFactKind
from recruitment.models import (
    AdvanceRule,
    Application,
    Candidate,
    InterviewPlan,
    Opening,
    OpeningSkill,
    PlanVersion,
    Question,
    ResumeFact,
    WrittenTest,
)  # fmt: skip
from recruitment.services import links, plans, scheduling
from tools.simulate.candidate import Seat

WINDOW = timedelta(days=30)
START_AFTER_WORKING_DAYS = 10
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何", "明丽强娟杰欣宇轩涵敏"


class NothingToCloneError(Exception):
    """There is no opening with an interview plan: load the demo first."""


@dataclass(frozen=True)
class Setting:
    """The opening that was made, the number of questions in each stage, and a seat for each candidate."""

    opening: int
    questions: list[int]
    seats: list[Seat]


def make(*, candidates: int, seed: int, tick: Callable[[], None] = lambda: None) -> Setting:
    """Candidates, applications, tests, projects, interviews, cases, links: all or nothing. Calls `tick` for each one.

    Interviews and cases are made by their services, one by one, since each of their steps counts.
    """
    dice = random.Random(seed)  # noqa: S311 -- made-up people
    with transaction.atomic():
        opening = clone_opening()
        applications = _applications(opening, candidates)
        _evidence(applications, opening, dice)
        now = timezone.now()
        tokens = {}
        for application in applications:
            interview = scheduling.schedule(
                application_id=application.pk, opens_at=now, closes_at=now + WINDOW, by=Party.SYSTEM
            )
            assert application.planned_start is not None  # noqa: S101 -- _applications sets it
            cases.open_case(
                application_id=application.pk,
                planned_start=application.planned_start,
                waits_on=[interview.pk],
                by=Party.SYSTEM,
            )
            tokens[interview.pk] = links.mint(interview_id=interview.pk, by=Party.SYSTEM)
            tick()
    version = opening.interview_plan.newest()
    answers = full_answers(version)
    return Setting(
        opening=opening.pk,
        questions=[stage.questions.count() for stage in version.stages.order_by("number")],
        seats=[
            Seat(interview=interview, token=token, answers=answers) for interview, token in tokens.items()
        ],
    )


def full_answers(version: PlanVersion) -> dict[int, list[str]]:
    """Question → a wording of each point that a full answer mentions."""
    questions = Question.objects.filter(stage__version=version).prefetch_related("mention_points")
    return {row.pk: [point.wordings[0] for point in row.mention_points.all()] for row in questions}


def _model() -> Opening:
    """The oldest open opening whose plan has stages and whose skills are measured: in the demo, its story's."""
    found = (
        Opening.objects.filter(state=OpeningState.OPEN, interview_plan__versions__published_at__isnull=False)
        .annotate(asked=Count("skills"))
        .order_by("-asked", "pk")
        .first()
    )
    if found is None:
        raise NothingToCloneError
    return found


def clone_opening() -> Opening:
    """An opening like the demo's, with a plan and a rule of its own. Raises NothingToCloneError."""
    model = _model()
    stamp = timezone.localtime().strftime("%m-%d %H:%M:%S.%f")[:-4]
    opening = Opening.objects.create(
        title=f"{model.title} · 模拟 {stamp}", title_en=model.title_en and f"{model.title_en} · simulated {stamp}",
        department=model.department, headcount=model.headcount,
        target_month=model.target_month, interview_plan=_clone_plan(model.interview_plan, stamp),
        specialist=model.specialist,
    )  # fmt: skip
    rule = getattr(model, "advance_rule", None)
    AdvanceRule.objects.create(
        opening=opening,
        threshold=rule.threshold if rule else Decimal(80),
        second_round_within=rule.second_round_within if rule else 3,
    )
    OpeningSkill.objects.bulk_create(
        OpeningSkill(opening=opening, skill_id=row.skill_id, required_level=row.required_level)
        for row in model.skills.all()
    )
    return opening


def _clone_plan(model: InterviewPlan, stamp: str) -> InterviewPlan:
    source = model.newest()
    plan = InterviewPlan.objects.create(name=f"{model.name} · 模拟 {stamp}")
    version = PlanVersion.objects.create(plan=plan, number=1, **plans.settings_of(source))
    plans.copy(source, version)
    plans.publish(version_id=version.pk, by=Party.SYSTEM)
    return plan


def _names(count: int) -> Iterator[str]:
    for number in range(count):
        first = GIVEN[number // len(SURNAMES) % len(GIVEN)]
        yield f"{SURNAMES[number % len(SURNAMES)]}{first}{GIVEN[number // 200 % len(GIVEN)]}"


def _applications(opening: Opening, count: int) -> list[Application]:
    candidates = Candidate.objects.bulk_create(
        Candidate(
            name=name, name_key=" ".join(lazy_pinyin(name)).lower(), phone=f"136{opening.pk % 10000:04d}{number:04d}",
            email=f"simulated-{opening.pk}-{number}@simulation.example.com",
        )
        for number, name in enumerate(_names(count))
    )  # fmt: skip
    starts = [
        add_working_days(timezone.localdate(), START_AFTER_WORKING_DAYS + number).date for number in range(5)
    ]
    return Application.objects.bulk_create(
        Application(candidate=candidate, opening=opening, planned_start=starts[number % len(starts)])
        for number, candidate in enumerate(candidates)
    )


def _evidence(applications: list[Application], opening: Opening, dice: random.Random) -> None:
    skills = [row.skill_id for row in opening.skills.all()]
    taken_on = timezone.localdate() - timedelta(days=6)
    WrittenTest.objects.bulk_create(
        WrittenTest(
            application=application, skill_id=skill, score=Decimal(dice.randint(35, 95)), taken_on=taken_on
        )
        for application in applications
        for skill in skills[:2]
    )
    ResumeFact.objects.bulk_create(
        ResumeFact(
            application=application, kind=ResumeFactKind.PROJECT, title="数据看板项目", level=dice.randint(2, 5),
            skill_id=skills[0] if skills else None, months=dice.randint(2, 12),
        )
        for application in applications
    )  # fmt: skip
