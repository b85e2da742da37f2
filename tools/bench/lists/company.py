"""The company whose lists are measured: departments, colleagues, plans, courses and openings, made up."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from core.searching import key_of, text_words
from onboarding.enums import StepKind
from onboarding.models import OnboardingTemplate, TemplateStep
from people.models import Department, User
from recruitment.enums import OpeningState
from recruitment.models import (
    AdvanceRule,
    Competency,
    InterviewPlan,
    MentionPoint,
    Opening,
    OpeningSkill,
    PlanVersion,
    Question,
    Skill,
    Stage,
    Vendor,
)
from training.enums import CourseKind
from training.models import Course

PASSWORD = "!"  # noqa: S105 -- nobody can sign in with it: the bench signs people in by force
STAGES = ("自我介绍", "专业问题", "情景模拟")
COMPETENCIES = ("沟通能力", "专业技能", "反应速度", "情绪管理", "团队协作")
SKILLS = ("办公软件", "数据分析", "客户沟通", "项目管理", "英语", "编程", "财务", "法务")
TITLES = ("数据分析师", "前端工程师", "客户经理", "财务专员", "招聘专员", "产品经理", "运营专员", "法务顾问")
DISTRICTS = ("华东", "华南", "华北", "西南", "东北", "华中")
STEPS = (StepKind.APPROVAL, StepKind.CONTRACT, StepKind.ACCESS, StepKind.EQUIPMENT, StepKind.FIRST_DAY)
INTERVIEWS_AN_OPENING = 100
INTERVIEWS_A_DEPARTMENT = 5_000
FEWEST_DEPARTMENTS, FEWEST_OPENINGS = 6, 5
DEPARTMENTS_BELOW = 9
DAYS = 730


@dataclass(frozen=True, slots=True)
class People:
    """Whose pages are measured."""

    superuser: User
    hr: User
    manager: User


def empty() -> None:
    """Take every row of the product out; what the migrations themselves know stays."""
    kept = ("django_migrations", "django_content_type", "auth_permission", "django_q_schedule", "cache")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND NOT tablename = ANY(%s)",
            [list(kept)],
        )
        tables = ", ".join(name for (name,) in cursor.fetchall())
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


def make(interviews: int) -> People:
    """A company that fits so many interviews: about a hundred for each opening, over two years."""
    colleagues = _colleagues(interviews)
    _plans()
    _courses()
    _openings(interviews)
    return colleagues


def known() -> People:
    """Whose pages are measured, in a company that was loaded before."""
    superuser, hr = User.objects.get(username="root"), User.objects.get(username="hr0")
    managers = User.objects.filter(username__startswith="manager").count()
    manager = User.objects.get(username=f"manager{min(DEPARTMENTS_BELOW, managers - 1)}")
    return People(superuser, hr, manager)


def _colleague(username: str, name: str, **more: object) -> User:
    person = User(username=username, name=name, email=f"{username}@example.com", password=PASSWORD, **more)
    person.save()
    return person


def _colleagues(interviews: int) -> People:
    superuser = _colleague("root", "钱一", is_superuser=True)
    hr = [
        _colleague(f"hr{number}", f"陈{'一二三四五六七八九十'[number]}", roles=["recruiting"])
        for number in range(10)
    ]
    wanted = max(FEWEST_DEPARTMENTS, interviews // INTERVIEWS_A_DEPARTMENT)
    tops: list[Department] = []
    managers: list[User] = []
    for number in range(wanted):
        above = None if number % DEPARTMENTS_BELOW == 0 else tops[-1]
        manager = _colleague(f"manager{number}", f"李经理{number}", roles=["manager"])
        department = Department(name=f"{DISTRICTS[number % 6]}{number}部", parent=above, manager=manager)
        department.save()
        if above is None:
            tops.append(department)
        managers.append(manager)
    # Of the second tree, where there are two: neither the first nor the last rows.
    return People(superuser, hr[0], managers[min(DEPARTMENTS_BELOW, wanted - 1)])


def _plans() -> None:
    competencies = Competency.objects.bulk_create(
        Competency(code=f"c{number}", name=name) for number, name in enumerate(COMPETENCIES)
    )
    Skill.objects.bulk_create(
        Skill(code=f"s{number}", name=name, competency=competencies[number % len(competencies)])
        for number, name in enumerate(SKILLS)
    )
    for number in range(3):
        plan = InterviewPlan.objects.create(name=f"方案{number + 1}")
        version = PlanVersion.objects.create(plan=plan, number=1)
        for place, title in enumerate(STAGES, start=1):
            stage = Stage.objects.create(version=version, number=place, title=title)
            stage.competencies.set(competencies[place - 1 : place + 1])
            question = Question.objects.create(stage=stage, number=1, text=f"请谈谈{title}")
            MentionPoint.objects.create(
                question=question, competency=competencies[place], label="要点", wordings=["数据", "团队"]
            )
    Vendor.objects.create(code="vendor", name="壹面")


def _courses() -> None:
    for number, skill in enumerate(Skill.objects.all()):
        Course.objects.create(
            code=f"course-{number}",
            title=f"{skill.name}进阶课程",
            skill=skill,
            kind=CourseKind.COURSE,
            from_level=1,
            to_level=3,
            hours=Decimal(8),
        )
    template = OnboardingTemplate.objects.create(name="标准入职", is_default=True)
    TemplateStep.objects.bulk_create(
        TemplateStep(
            template=template, number=number, kind=kind, title=str(kind.label), offset_working_days=-5
        )
        for number, kind in enumerate(STEPS, start=1)
    )


def _openings(interviews: int) -> None:
    departments = list(Department.objects.order_by("pk"))
    plans = list(InterviewPlan.objects.order_by("pk"))
    specialists = list(User.objects.filter(username__startswith="hr").order_by("pk"))
    skills = list(Skill.objects.order_by("pk"))
    wanted = max(FEWEST_OPENINGS, interviews // INTERVIEWS_AN_OPENING)
    today = timezone.localdate()

    def month(number: int) -> date:
        day = today - timedelta(days=int(DAYS * (1 - number / wanted)) - 60)
        return day.replace(day=1)

    Opening.objects.bulk_create(
        (
            Opening(
                title=f"{TITLES[number % len(TITLES)]}{number}",
                department=departments[number * 7 % len(departments)],
                headcount=1 + number % 20,
                target_month=month(number),
                interview_plan=plans[number % len(plans)],
                specialist=specialists[number % len(specialists)],
                state=OpeningState.OPEN if number > wanted * 0.7 else OpeningState.CLOSED,
                search_key=key_of(text_words(f"{TITLES[number % len(TITLES)]}{number}")),
            )
            for number in range(wanted)
        ),
        batch_size=2000,
    )
    made = list(Opening.objects.order_by("pk"))
    AdvanceRule.objects.bulk_create((AdvanceRule(opening=opening) for opening in made), batch_size=5000)
    OpeningSkill.objects.bulk_create(
        (
            OpeningSkill(opening=opening, skill=skills[(number + place) % len(skills)], required_level=3)
            for number, opening in enumerate(made)
            for place in range(3)
        ),
        batch_size=5000,
    )
