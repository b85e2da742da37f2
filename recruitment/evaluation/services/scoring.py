"""Scores of saved stages: by the rubric, once per checkpoint, and by the reviewer beside it."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Refused
from core.events.models import Event
from core.events.reading import reading_once
from core.figures import Basis
from core.text import is_written_number
from people.actors import Actor, actor_label, actor_user
from recruitment import signals
from recruitment.enums import AssessmentStatus, InterviewState, TranscriptState
from recruitment.evaluation.providers.scorers import RubricCoverage
from recruitment.evaluation.services import assessments, heard, judging, probing, stages
from recruitment.evaluation.services.stages import BY_PERSON
from recruitment.models import (
    Answer,
    Assessment,
    Checkpoint,
    Interview,
    RubricScore,
    Transcript,
)
from recruitment.queries import agreed_to_evaluation
from recruitment.rules import require_recruiting
from recruitment.services import locking

UNSCORED_AFTER_SECONDS = 20
HIGHEST = 100


def score_checkpoint(*, checkpoint_id: int) -> bool:
    """Compute the rubric coverage of a saved stage and bring the reports up to date. Again: nothing.

    Without the candidate's consent to AI evaluation the scores are left to a person. Returns whether it scored.
    """
    with reading_once(), transaction.atomic():
        interview_id = Checkpoint.objects.values_list("interview_id", flat=True).get(pk=checkpoint_id)
        interview = locking.interview(interview_id)
        checkpoint = (
            Checkpoint.objects.select_for_update(of=("self",))
            .select_related("stage")
            .annotate(is_undecided=Exists(probing.UNDECIDED))
            .get(pk=checkpoint_id)
        )
        if checkpoint.scored_at is not None:
            return False
        if checkpoint.is_undecided:
            probing.close(checkpoint)
        if judging.owe(checkpoint):
            return False
        RubricScore.objects.bulk_create(_scores(interview, checkpoint))
        checkpoint.scored_at = timezone.now()
        checkpoint.save(update_fields=["scored_at"])
        assessments.bring(interview)
        return True


def _scores(interview: Interview, checkpoint: Checkpoint) -> list[RubricScore]:
    if not agreed_to_evaluation(interview.pk, stages.said_in(checkpoint)):
        return stages.rows_of(checkpoint, (), stages.measured(checkpoint))
    stage = stages.read(checkpoint)
    stages.count_mentions(stage)
    return stages.rows_of(checkpoint, RubricCoverage().score(stage.said).scores, stage.by_person)


def score_heard(*, transcript_id: int) -> bool:
    """Score the stages that a transcript is part of anew: what waited for a person for want of words, and what the
    rubric made of a draft that was corrected since. A replaced score is kept beside (EarlierScore), a
    reviewer's stands.

    Again: nothing. Returns whether a score changed. What is not saved yet is scored with its stage.
    """
    with reading_once(), transaction.atomic():
        answer = Answer.objects.get(segments__recording__transcript=transcript_id)
        interview = locking.interview(answer.interview_id)
        is_new = Transcript.objects.filter(
            pk=transcript_id, state=TranscriptState.WRITTEN, scored_at__isnull=True
        ).update(scored_at=timezone.now())
        of_stage = interview.checkpoints.filter(stage__questions=answer.question_id).select_related("stage")
        changed = 0
        for checkpoint in of_stage.order_by("pk") if is_new else ():
            if checkpoint.scored_at is not None:
                changed += _anew(interview, checkpoint)
            elif judging.is_owed(checkpoint):
                # What is being asked at this moment was asked with other words.
                judging.owe(checkpoint)
        if changed:
            assessments.bring(interview)
        return bool(changed)


def _anew(interview: Interview, checkpoint: Checkpoint) -> int:
    """Bring our scores of a stage to its present words, or have its scorer asked. Returns how many changed."""
    if judging.owe(checkpoint) or not agreed_to_evaluation(interview.pk, stages.said_in(checkpoint)):
        return 0
    stage = stages.read(checkpoint)
    stages.count_mentions(stage)
    return stages.replace(checkpoint, RubricCoverage().score(stage.said).scores)


def score_again(*, checkpoint_id: int, by: Actor) -> bool:
    """On demand: what scores now, by whatever version it has now, scores the stage anew; what was stays beside.

    Returns whether that is done (a scorer outside answers later). Refused: not_scored_yet.
    """
    require_recruiting(by, Checkpoint, checkpoint_id)
    with reading_once(), transaction.atomic():
        interview_id = Checkpoint.objects.values_list("interview_id", flat=True).get(pk=checkpoint_id)
        interview = locking.interview(interview_id)
        checkpoint = Checkpoint.objects.select_related("stage").get(pk=checkpoint_id)
        if checkpoint.scored_at is None:
            raise Refused("not_scored_yet", _("This stage is being scored."))
        if judging.owe(checkpoint, by=by):
            return False
        if _anew(interview, checkpoint):
            assessments.bring(interview)
        heard.heed(checkpoint, at=timezone.now())
        return True


def leave_rest_to_person(interview: Interview) -> int:
    """On a locked interview whose stages are all saved: what no stage has a score row for is left to a person.

    Who held the interview may have said nothing about a planned competency; without a row nobody could ever score it.
    Again: nothing. Returns how many rows were written.
    """
    checkpoints = interview.checkpoints.filter(attempt=interview.attempt)
    has_row = RubricScore.objects.filter(checkpoint__in=checkpoints).values("competency")
    rows = [
        RubricScore(checkpoint=checkpoint, competency=competency, value=None, method=BY_PERSON)
        for checkpoint in checkpoints.select_related("stage").order_by("stage__number")
        for competency in checkpoint.stage.competencies.exclude(pk__in=has_row)
    ]
    # Once each, in the first stage that measures it: one score is all that is owed.
    first = {row.competency_id: row for row in reversed(rows)}
    RubricScore.objects.bulk_create(first.values())
    return len(first)


def _percent(value: str | Decimal) -> Decimal:
    if is_written_number(str(value)) and 0 <= (number := Decimal(str(value))) <= HIGHEST:
        return number.quantize(Decimal("0.01"))
    raise Invalid("score_out_of_range", _("A score lies between 0 and 100."))


def finish_review(*, interview_id: int, by: Actor) -> Assessment:
    """The reviewer is done: whoever was told of the full report hears how it stands now, once for all that changed.

    Refused: nothing_reviewed (there is no full report, it is the one first told, or this has been said of it).
    """
    require_recruiting(by, Interview, interview_id)
    with transaction.atomic():
        interview = locking.interview(interview_id)
        reports = interview.assessments.filter(attempt=interview.attempt, basis=Basis.FULL).order_by("pk")
        current = reports.filter(status=AssessmentStatus.CURRENT).first()
        said = Event.objects.filter(
            kind=signals.review_finished.kind, subject_type=Assessment._meta.label_lower
        )
        if current is None or current == reports.first() or said.filter(subject_id=current.pk).exists():
            raise Refused("nothing_reviewed", _("Nothing has changed since the report was told."))
        signals.review_finished.emit(
            subject=current,
            origin=interview,
            facts={"attempt": current.attempt, "basis": current.basis},
            by=actor_label(by),
        )
        return current


def unscored(*, limit: int = 200) -> list[int]:
    """Checkpoints whose job never finished: the sweep's net below the queue."""
    since = timezone.now() - timedelta(seconds=UNSCORED_AFTER_SECONDS)
    return list(
        Checkpoint.objects.filter(~judging.owed_of_checkpoint(), scored_at__isnull=True, saved_at__lte=since)
        .order_by("saved_at")
        .values_list("pk", flat=True)[:limit]
    )


def confirm(*, score_id: int, by: Actor) -> RubricScore:
    """The reviewer finds the method's score right: from then on it counts as the reviewer's own, whatever the method
    says later. Again: nothing. Refused: nothing_to_confirm (a person still has to score it)."""
    require_recruiting(by, RubricScore, score_id)
    score = RubricScore.objects.get(pk=score_id)
    if score.value is None:
        raise Refused("nothing_to_confirm", _("Nothing has been scored yet that could be confirmed."))
    if score.override is not None:
        return score
    return override(score_id=score_id, value=score.value, reason=gettext("Confirmed"), by=by)


def unheeded(*, limit: int = 200) -> list[int]:
    """Transcripts, written or corrected, that no score has been looked at for."""
    waiting = Transcript.objects.filter(state=TranscriptState.WRITTEN, scored_at__isnull=True)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])


def override(*, score_id: int, value: str | Decimal | None, reason: str, by: Actor) -> RubricScore:
    """The reviewer's own score, beside the rubric's; None takes it back. The reports follow. The same again is nothing.

    Invalid: score_out_of_range, reason_missing. Refused: interview_running (its stages are still being saved).
    """
    require_recruiting(by, RubricScore, score_id)
    number = None
    if value is not None and value != "":
        number = _percent(value)
        if not reason.strip():
            raise Invalid("reason_missing", _("A reviewer's score needs its reason."))
    with transaction.atomic():
        interview_id = RubricScore.objects.values_list("checkpoint__interview_id", flat=True).get(pk=score_id)
        interview = locking.interview(interview_id)
        if interview.state == InterviewState.IN_PROGRESS:
            raise Refused("interview_running", _("The interview is still running."))
        score = RubricScore.objects.select_for_update().get(pk=score_id)
        why = reason.strip()[:300] if number is not None else ""
        if (score.override, score.override_reason) == (number, why):
            return score
        score.override, score.override_reason = number, why
        score.overridden_by = actor_user(by) if number is not None else None
        score.overridden_at = timezone.now() if number is not None else None
        score.save(update_fields=["override", "override_reason", "overridden_by", "overridden_at"])
        assessments.bring(interview)
        return score
