"""The people of the story: candidates whose interview waits for whoever tries the demo."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from onboarding.services import cases
from people.actors import Party
from people.calendar import add_working_days, is_working_day
from recruitment.enums import ApplicationStage, InterviewKind, InterviewState
from recruitment.enums_incoming import Degree, ResumeFactKind
from recruitment.models import (
    Application,
    Candidate,
    Interview,
    Lease,
    Opening,
    ResumeFact,
    Skill,
    WrittenTest,
)  # fmt: skip
from recruitment.services import scheduling
from tools.demo import content

WINDOW = timedelta(days=30)
HOUSE = "@demo.example.com"
START_AFTER_WORKING_DAYS = 10
FIRST_ROUND_AGO, APPLIED_AGO = timedelta(days=5), timedelta(days=9)
# The telephone interviews of one day, one after the other, with a break at noon.
HALF_AN_HOUR = timedelta(minutes=30)
MORNING, NOON, BEFORE_NOON = time(9), timedelta(hours=1, minutes=30), 6


def first_start(today: date) -> date:
    """When the first of them is to start: the month that the manager plans hires for."""
    return add_working_days(today, START_AFTER_WORKING_DAYS).date


def tell(opening: Opening, today: date) -> None:
    """Every candidate of the story: first round passed, evidence, an AI interview, a case that waits on it."""
    for number, (name, excel, sql, project) in enumerate(content.CANDIDATES):
        candidate = Candidate.objects.create(
            name=name, email=f"candidate{number + 1}{HOUSE}", phone=f"1390000{number + 1:04d}"
        )
        planned_start = add_working_days(today, START_AFTER_WORKING_DAYS + number % 5).date
        application = Application.objects.create(
            candidate=candidate, opening=opening, stage=ApplicationStage.SCREENING, planned_start=planned_start,
        )  # fmt: skip
        evidence(application, excel, sql, project, today)
        _first_round(application, _held_at(number, today))
        now = timezone.now()
        interview = scheduling.schedule(
            application_id=application.pk, opens_at=now, closes_at=now + WINDOW, by=Party.SYSTEM, round=2
        )
        cases.open_case(
            application_id=application.pk,
            planned_start=planned_start,
            waits_on=[interview.pk],
            by=Party.SYSTEM,
        )
    applied = timezone.now() - APPLIED_AGO
    Candidate.objects.filter(applications__opening=opening).update(created_at=applied)
    Application.objects.filter(opening=opening).update(created_at=applied, stage_since=applied)


def evidence(application: Application, excel: int, sql: int, project: str, today: date) -> None:
    """What is known of somebody before the interview: two written tests, a project, a degree."""
    skills = {row.code: row for row in Skill.objects.filter(code__in=("excel", "sql"))}
    for code, score in (("excel", excel), ("sql", sql)):
        WrittenTest.objects.create(
            application=application,
            skill=skills[code],
            score=Decimal(score),
            taken_on=today - timedelta(days=6),
        )
    ResumeFact.objects.create(
        application=application, kind=ResumeFactKind.PROJECT, title=project, skill=skills["sql"], level=4,
        detail="独立完成取数、建模与汇报，并推动业务采用。", months=5,
    )  # fmt: skip
    ResumeFact.objects.create(
        application=application,
        kind=ResumeFactKind.EDUCATION,
        title="统计学 · 本科",
        level=3,
        months=48,
        degree=Degree.BACHELOR,
    )


def _held_at(number: int, today: date) -> datetime:
    """When the telephone interview of this one was: on a working day, while people work."""
    day = today - FIRST_ROUND_AGO
    while not is_working_day(day):
        day -= timedelta(days=1)
    begins = datetime.combine(day, MORNING) + number * HALF_AN_HOUR
    return timezone.make_aware(begins if number < BEFORE_NOON else begins + NOON)


def _first_round(application: Application, held: datetime) -> None:
    """The telephone interview of last week, held by people and passed."""
    interview = Interview.objects.create(
        application=application, version=application.opening.interview_plan.newest(),
        kind=InterviewKind.PEOPLE, round=1,
        state=InterviewState.COMPLETED, window_opens_at=held, window_closes_at=held + HALF_AN_HOUR,
        expected_result=timezone.localdate(held), started_at=held, completed_at=held + timedelta(minutes=25),
    )  # fmt: skip
    Lease.objects.create(interview=interview)
