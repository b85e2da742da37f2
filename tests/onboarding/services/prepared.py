"""What stands of a preparation, and of the score in the file."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.errors import DomainError
from core.events.models import Event
from onboarding.models import EmployeeScore, OnboardingCase, OnboardingStep
from people.models import Employee
from recruitment.models import Assessment, Interview

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
START = date(2026, 12, 14)
NONE = None


def states(case: OnboardingCase) -> tuple[str, dict[str, str]]:
    """The case's state and those of its steps."""
    return OnboardingCase.objects.get(pk=case.pk).state, dict(case.steps.values_list("kind", "state"))


def refusal(call, **arguments) -> str:
    with pytest.raises(DomainError) as refused:
        call(**arguments)
    return refused.value.code


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (OnboardingCase, OnboardingStep, Employee, Event))


def report(row: Interview, basis: str, value: int | None, **fields) -> Assessment:
    low, high = (None, None) if value is None else (value - 5, value + 5)
    return Assessment.objects.create(
        interview=row, attempt=1, basis=basis, value=value, low=low, high=high, method="test", **fields
    )


def file_score(case: OnboardingCase) -> tuple | None:
    score = EmployeeScore.objects.filter(pk=case.employee_id).first()
    return score and (score.value, score.low, score.high, score.basis, score.source)
