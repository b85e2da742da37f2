"""Interviews with saved and scored stages, and the reports that there are."""

from typing import Any

from django.db import transaction

from people.actors import Party
from recruitment.evaluation.services import scoring
from recruitment.models import (
    Assessment,
    Decision,
    Interview,
    MentionPoint,
)
from recruitment.services import interviews
from tests.factories import recruitment as make


def saved(interview: Interview, *numbers: int, text: str | None = None) -> None:
    for number in numbers:
        scoring.score_checkpoint(checkpoint_id=make.saved_stage(interview, number, text=text).pk)


def complete(interview: Interview) -> None:
    """Complete an interview whose three stages are saved, as the last checkpoint does."""
    with transaction.atomic():
        interviews.complete_if_finished(Interview.objects.select_for_update().get(pk=interview.pk))


def reports() -> set[tuple[str, str]]:
    return set(Assessment.objects.values_list("basis", "status"))


def in_progress(**opening: Any) -> Interview:
    application = make.application(make.opening(**opening), stage="interviewing")
    make.written_test(application)
    make.project(application)
    return make.interview(application, state="in_progress")


def interrupt(interview: Interview) -> None:
    interviews.interrupt(interview_id=interview.pk, cause="network", evidence={}, by=Party.SYSTEM)


def without_points(interview: Interview, code: str) -> None:
    """The plan still measures this competency, and no question says by what."""
    with make.unfrozen():
        MentionPoint.objects.filter(
            question__stage__version=interview.version_id, competency__code=code
        ).delete()


def _asked(interview: Interview, basis: str) -> Decision:
    return Decision.objects.get(assessment__interview=interview, assessment__basis=basis)
