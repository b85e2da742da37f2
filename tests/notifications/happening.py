"""What happens to an interview, as steps take it."""

from django.db import transaction

from core.events.models import Reaction
from people.actors import Party
from recruitment.evaluation.services import scoring
from recruitment.models import Interview
from recruitment.services import interviews
from tests.factories import recruitment


def leave(interview: Interview, *, announced: bool = True) -> None:
    cause = "network" if announced else None
    interviews.interrupt(
        interview_id=interview.pk, cause=cause, evidence={}, by=Party.CANDIDATE, announced=announced
    )


def come_back(interview: Interview) -> None:
    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)


def all_reactions_done() -> None:
    assert list(Reaction.objects.exclude(state="done").values_list("name", "error")) == []


def score(interview: Interview, *, text: str | None = None) -> None:
    """Save and score every stage, then complete: a full report is issued and the rule decides."""
    for number in (1, 2, 3):
        recruitment.saved_stage(interview, number, text=text)
    with transaction.atomic():
        interviews.complete_if_finished(Interview.objects.select_for_update().get(pk=interview.pk))
    for checkpoint in interview.checkpoints.all():
        scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
