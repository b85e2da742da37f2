"""What a step left, and what a refusal left untouched."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.errors import DomainError
from core.events.models import Event
from recruitment.models import (
    Answer,
    Application,
    Interview,
    InterviewExit,
    Lease,
)  # fmt: skip

SHANGHAI = ZoneInfo("Asia/Shanghai")


def kinds(interview: Interview) -> list[str]:
    """The interview's own events, in order."""
    return list(
        Event.objects.filter(subject_type="recruitment.interview", subject_id=interview.pk).values_list(
            "kind", flat=True
        )
    )


def snapshot(interview: Interview) -> dict[str, Any]:
    """Everything a refused step must leave as it is."""
    return {
        "interview": Interview.objects.filter(pk=interview.pk).values().get(),
        "lease": Lease.objects.filter(pk=interview.pk).values().get(),
        "application": Application.objects.filter(pk=interview.application_id).values().get(),
        "events": Event.objects.count(),
        "exits": InterviewExit.objects.count(),
        "answers": list(Answer.objects.values_list("revision", "text")),
    }


def refused(interview: Interview, call: Any, error: type[DomainError], code: str) -> None:
    before = snapshot(interview)
    with pytest.raises(error) as raised:
        call()
    assert raised.value.code == code
    assert snapshot(interview) == before
