"""Interviews under way, thousands at once: one stage saved and scored, a case that waits, a browser signed in.

Written as rows, a set at a time: what is measured comes after this.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone

from onboarding.models import OnboardingCase, OnboardingStep
from onboarding.services.templates import default_template
from people.calendar import add_working_days
from people.models import Employee, User
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.enums_incoming import ResumeFactKind
from recruitment.models import (
    Answer,
    Application,
    Candidate,
    Checkpoint,
    Interview,
    Lease,
    Opening,
    ResumeFact,
    RoomLink,
    RoomSession,
    RubricScore,
    WrittenTest,
)
from recruitment.services import links
from tools.simulate import setting

WINDOW = timedelta(days=30)
METHOD = "bench"


@dataclass(frozen=True)
class InRoom:
    """One interview under way and the cookie of the browser that is in it, at epoch 1."""

    interview: int
    cookie: str


def in_room(count: int) -> list[InRoom]:
    """`count` interviews in progress of an opening of their own, with leases for an hour."""
    with transaction.atomic():
        opening = setting.clone_opening()
        now = timezone.now()
        applications = _applications(opening, count)
        expected = add_working_days(timezone.localdate(), 1).date
        interviews = Interview.objects.bulk_create(
            [
                Interview(
                    application=application,
                    version=opening.interview_plan.newest(),
                    state=InterviewState.IN_PROGRESS,
                    window_opens_at=now - timedelta(hours=1),
                    window_closes_at=now + WINDOW,
                    expected_result=expected,
                    started_at=now,
                )
                for application in applications
            ],
            batch_size=1000,
        )
        Lease.objects.bulk_create(
            [
                Lease(
                    interview=row, epoch=1, live=True, last_seen_at=now, expires_at=now + timedelta(hours=1)
                )
                for row in interviews
            ],
            batch_size=1000,
        )
        _first_stage(interviews)
        _cases(applications, interviews)
        return _browsers(interviews)


def _applications(opening: Opening, count: int) -> list[Application]:
    candidates = Candidate.objects.bulk_create(
        [
            Candidate(
                name=f"候选人{number}",
                name_key=f"hou xuan ren {number}",
                email=f"bench-{opening.pk}-{number}@bench.example.com",
            )
            for number in range(count)
        ],
        batch_size=1000,
    )
    start = add_working_days(timezone.localdate(), 10).date
    applications = Application.objects.bulk_create(
        [
            Application(
                candidate=candidate, opening=opening, stage=ApplicationStage.INTERVIEWING, planned_start=start
            )
            for candidate in candidates
        ],
        batch_size=1000,
    )
    skills = [row.skill_id for row in opening.skills.all()][:2]
    taken_on = timezone.localdate() - timedelta(days=6)
    WrittenTest.objects.bulk_create(
        [
            WrittenTest(
                application=application,
                skill_id=skill,
                score=Decimal(40 + application.pk % 50),
                taken_on=taken_on,
            )
            for application in applications
            for skill in skills
        ],
        batch_size=1000,
    )
    ResumeFact.objects.bulk_create(
        [
            ResumeFact(
                application=application,
                kind=ResumeFactKind.PROJECT,
                title="数据看板",
                skill_id=skills[0],
                level=3,
                months=4,
            )
            for application in applications
        ],
        batch_size=1000,
    )
    return applications


def _first_stage(interviews: list[Interview]) -> None:
    """The first stage answered, saved and scored."""
    now = timezone.now()
    stage = interviews[0].version.stages.order_by("number")[0]
    questions, competencies = list(stage.questions.all()), list(stage.competencies.all())
    Answer.objects.bulk_create(
        [
            Answer(
                interview=row,
                attempt=1,
                question=question,
                revision=3,
                text="我负责销售看板。",
                finished_at=now,
            )
            for row in interviews
            for question in questions
        ],
        batch_size=1000,
    )
    checkpoints = Checkpoint.objects.bulk_create(
        [
            Checkpoint(interview=row, attempt=1, stage=stage, saved_at=now, scored_at=now)
            for row in interviews
        ],
        batch_size=1000,
    )
    RubricScore.objects.bulk_create(
        [
            RubricScore(
                checkpoint=checkpoint,
                competency=competency,
                value=Decimal(60),
                method=METHOD,
                evidence=[{"point": "职责", "weight": 2, "quote": "负责"}],
            )
            for checkpoint in checkpoints
            for competency in competencies
        ],
        batch_size=1000,
    )


def _cases(applications: list[Application], interviews: list[Interview]) -> None:
    template = default_template()
    wanted = list(template.steps.all())
    opening = applications[0].opening
    files = Employee.objects.bulk_create(
        [
            Employee(
                number=f"B{row.pk}",
                name=row.candidate.name,
                name_key=row.candidate.name_key,
                department_id=opening.department_id,
                position=opening.title,
                starts_on=row.planned_start,
            )
            for row in applications
        ],
        batch_size=1000,
    )
    cases = OnboardingCase.objects.bulk_create(
        [
            OnboardingCase(
                application=application,
                employee=file,
                template=template,
                planned_start=application.planned_start,
                forecast_start=application.planned_start,
            )
            for application, file in zip(applications, files, strict=True)
        ],
        batch_size=1000,
    )
    due = {
        step.pk: add_working_days(cases[0].planned_start, step.offset_working_days).date for step in wanted
    }
    OnboardingStep.objects.bulk_create(
        [
            OnboardingStep(
                case=case,
                number=step.number,
                kind=step.kind,
                title=step.title,
                title_en=step.title_en,
                offset_working_days=step.offset_working_days,
                owner_role=step.owner_role,
                due_on=due[step.pk],
            )
            for case in cases
            for step in wanted
        ],
        batch_size=1000,
    )
    waits = OnboardingCase.waits_on.through
    waits.objects.bulk_create(
        [
            waits(onboardingcase_id=case.pk, interview_id=row.pk)
            for case, row in zip(cases, interviews, strict=True)
        ],
        batch_size=1000,
    )


def _browsers(interviews: list[Interview]) -> list[InRoom]:
    cookies = [secrets.token_urlsafe(32) for _ in interviews]
    expires_at = timezone.now() + WINDOW
    room_links = RoomLink.objects.bulk_create(
        [
            RoomLink(interview=row, token_hash=links.digest(secrets.token_urlsafe(32)), expires_at=expires_at)
            for row in interviews
        ],
        batch_size=1000,
    )
    RoomSession.objects.bulk_create(
        [
            RoomSession(link=link, interview_id=link.interview_id, token_hash=links.digest(cookie))
            for link, cookie in zip(room_links, cookies, strict=True)
        ],
        batch_size=1000,
    )
    return [InRoom(interview=row.pk, cookie=cookie) for row, cookie in zip(interviews, cookies, strict=True)]


def strangers(count: int) -> None:
    """So many candidates more, for searches to look through."""
    Candidate.objects.bulk_create(
        [
            Candidate(
                name=f"路人{number}",
                name_key=f"lu ren {number}",
                email=f"stranger-{secrets.token_hex(4)}-{number}@bench.example.com",
            )
            for number in range(count)
        ],
        batch_size=2000,
    )


def signed_in() -> str:
    """The session key of an HR colleague who has signed in."""
    user = User.objects.hr()[0]
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return str(session.session_key)


def interrupted(rooms: list[InRoom]) -> int:
    """How many of them are no longer under way."""
    ids = [room.interview for room in rooms]
    return Interview.objects.filter(pk__in=ids).exclude(state=InterviewState.IN_PROGRESS).count()
