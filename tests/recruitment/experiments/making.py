"""Experiments and what was noted of them, for tests."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from people.models import User
from recruitment.enums import Side
from recruitment.experiments.services import running, sides
from recruitment.models import Application, Experiment, Exposure, Interview
from tests.factories import people
from tests.factories import recruitment as make

DIALOG = "先别急着走\n离开后面试会中断，已保存的内容不会丢。"
DIALOG_EN = "One moment\nLeaving interrupts the interview; what is saved stays."


def draft(subject: str = "exit_dialog", **fields: Any) -> Experiment:
    fields = {"text_zh": DIALOG, "text_en": DIALOG_EN, **fields}
    return Experiment.objects.create(name="试一试", subject=subject, **fields)


def started(subject: str = "exit_dialog", by: User | None = None, **fields: Any) -> Experiment:
    row = draft(subject, **fields)
    return running.start(experiment_id=row.pk, by=by or people.lead(), without_is_meant=row.leaves_out)


def seeded(experiment: Experiment, application: Application, side: Side) -> str:
    """A seed under which the application is on this side."""
    for number in range(10_000):
        experiment.seed = f"{number:016x}"
        if sides.side_of(experiment, application.pk) == side:
            return experiment.seed
    raise AssertionError("no such seed")


def started_with(
    application: Application, side: Side, subject: str = "exit_dialog", **fields: Any
) -> Experiment:
    """A running experiment in which the application is on this side."""
    seed = seeded(Experiment(share=fields.get("share", 50)), application, side)
    return started(subject, seed=seed, **fields)


def noted(
    experiment: Experiment, side: str, *, at: datetime | None = None, of: Interview | None = None
) -> Exposure:
    """An application that was noted on a side, eight days ago unless it says otherwise."""
    interview = of or make.interview(state="in_progress")
    return Exposure.objects.create(
        experiment=experiment,
        application_id=interview.application_id,
        interview=interview,
        attempt=interview.attempt,
        side=side,
        at=at or timezone.now() - timedelta(days=8),
    )
