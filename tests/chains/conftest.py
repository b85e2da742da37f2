"""The story of every chain test: a company, a candidate half way through an interview, and what hangs on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core.events.models import Reaction
from messaging.models import Message
from onboarding.models import EmployeeScore, OnboardingCase, OnboardingDelay
from people.models import Department, User
from recruitment.evaluation.services import scoring
from recruitment.models import (
    Application,
    Assessment,
    Checkpoint,
    Decision,
    FollowUp,
    Interview,
    InterviewExit,
    Invitation,
)  # fmt: skip
from tests.factories import onboarding, people, recruitment, training
from training.models import PlanItem

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Monday: the return window of 72 hours ends on Thursday, its result is expected on Friday.
NOW = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
START = date(2026, 12, 14)


@dataclass
class Story:
    """The interview and the people around it; everything else is read from the database."""

    interview: Interview
    department: Department
    hr: User
    clock: time_machine.Traveller

    def state(self) -> str:
        return Interview.objects.get(pk=self.interview.pk).state

    def rows(self) -> dict[str, Any]:
        """Every row that hangs on the interview, as sets and lists that a test can write down."""
        case = OnboardingCase.objects.get()
        return {
            "interview": self.state(),
            "application": Application.objects.get(pk=self.interview.application_id).stage,
            "exits": list(InterviewExit.objects.order_by("pk").values_list("cause", "is_announced")),
            "follow_ups": list(FollowUp.objects.order_by("pk").values_list("kind", "state", "outcome")),
            "reports": set(Assessment.objects.values_list("basis", "status")),
            "decisions": set(Decision.objects.values_list("assessment__basis", "outcome")),
            "invited": list(Invitation.objects.values_list("basis", flat=True)),
            "delays": [
                (delay.days, delay.cause, delay.date_unknown, delay.lifted_at is not None)
                for delay in OnboardingDelay.objects.order_by("pk")
            ],
            "forecast": (case.planned_start, case.forecast_start),
            "employee": EmployeeScore.objects.values_list("basis", flat=True).first() or "",
            "plan": set(PlanItem.objects.exclude(state="removed").values_list("course__code", "reason")),
            "unfinished": set(Reaction.objects.exclude(state="done").values_list("name", "state")),
        }

    def messages(self) -> set[tuple[str, str, str]]:
        """(audience, kind, state) of everything that was put in the ledger."""
        return set(Message.objects.values_list("audience", "kind", "state"))

    def score(self) -> None:
        """Do the scoring jobs that are owed."""
        for checkpoint in Checkpoint.objects.filter(scored_at__isnull=True):
            scoring.score_checkpoint(checkpoint_id=checkpoint.pk)


@pytest.fixture
def story(db: None) -> Iterator[Story]:
    """Two of three stages saved and scored; a case, a plan's courses, and everybody who is told."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield tell(clock)


def tell(clock: time_machine.Traveller) -> Story:
    """Make the story's rows."""
    department = people.department("数据分析部")
    people.manager(department)
    people.onboarder()
    people.trainer()
    people.lead()
    opening = recruitment.opening(department, skills={"excel": 4, "presenting": 3})
    recruitment.skill("presenting").__class__.objects.filter(code="presenting").update(
        competency=recruitment.competency("composure")
    )
    training.course()
    training.diagnostic()
    training.course("presenting-course", "汇报表达", "presenting", to_level=5)
    training.diagnostic("presenting")
    application = recruitment.application(opening, stage="interviewing", planned_start=START)
    recruitment.written_test(application, "excel", 45)
    recruitment.project(application)
    interview = recruitment.interview(application, state="in_progress", expected_result=date(2026, 11, 24))
    onboarding.case(interview, start=START)
    for number in (1, 2):
        scoring.score_checkpoint(checkpoint_id=recruitment.saved_stage(interview, number).pk)
    return Story(interview, department, opening.specialist, clock)


def half_way(story: Story) -> Interview:
    """One more candidate with two of three stages saved and scored, of another opening of the department."""
    opening = recruitment.opening(story.department, skills={"excel": 4, "presenting": 3})
    application = recruitment.application(opening, stage="interviewing", planned_start=START)
    recruitment.written_test(application, "excel", 45)
    recruitment.project(application)
    interview = recruitment.interview(application, state="in_progress", expected_result=date(2026, 11, 24))
    onboarding.case(interview, start=START)
    for number in (1, 2):
        scoring.score_checkpoint(checkpoint_id=recruitment.saved_stage(interview, number).pk)
    return interview
