"""Attempts as reports see them: interviews, their events at a time, and a full assessment where there is one."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.events import DurableSignal
from core.events.models import Event
from recruitment.models import Application, Assessment, Decision, Interview
from tests.factories import recruitment


def event(signal: DurableSignal, of: Interview, at: datetime, *, attempt: int = 1, **facts: Any) -> Event:
    """Something that happened to an attempt, without anybody reacting to it."""
    label = Interview._meta.label_lower
    return Event.objects.create(
        kind=signal.kind, subject_type=label, subject_id=of.pk, origin_type=label, origin_id=of.pk,
        facts={"attempt": attempt, **facts}, at=at,
    )  # fmt: skip


def interviews(of: Any, number: int, state: str, **fields: Any) -> list[Interview]:
    """So many interviews of one opening in one state, made in a few statements."""
    return [
        recruitment.interview(recruitment.application(of), state=state, **fields) for _number in range(number)
    ]


def full(of: Interview, value: int, *, outcome: str | None = None, threshold: int | None = 80) -> Assessment:
    """A current full assessment of the present attempt, with the decision on it when `outcome` is given."""
    amount = Decimal(value)
    assessment = Assessment.objects.create(
        interview=of, attempt=of.attempt, basis="full", value=amount, low=max(amount - 8, Decimal(0)),
        high=min(amount + 8, Decimal(100)), method="test",
    )  # fmt: skip
    if outcome is not None:
        application: Application = of.application
        Decision.objects.create(
            application=application, assessment=assessment, outcome=outcome,
            threshold=None if threshold is None else Decimal(threshold),
        )  # fmt: skip
    return assessment
