"""What a candidate says, saved: text by revision, stages by checkpoint. Nothing here extends a lease."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core.errors import Invalid, NotFound, Refused, TooLarge
from people.actors import Party, actor_label
from recruitment import signals
from recruitment.models import Answer, Checkpoint, Interview, Question, Stage
from recruitment.services import interviews, locking
from recruitment.services.recorder import recorder

# About four times the longest answer that anybody types in the time given.
LONGEST_TEXT = 20_000
HIGHEST_REVISION = 2_147_483_647


@dataclass(frozen=True)
class Saved:
    """A stage's checkpoint, and what state the interview is in after it."""

    saved_at: datetime
    state: str


def save_text(*, interview_id: int, question_id: int, epoch: int, revision: int, text: str) -> Answer:
    """Save the text of an answer: a higher revision replaces, the same one again is harmless.

    NotFound: question_unknown. Invalid: text_unreadable, revision_invalid. TooLarge: text_too_long.
    Refused: not_started, ended, stale_epoch, stage_not_open, stage_saved, and revision_conflict with what is saved.
    """
    _check_text(text)
    if not 0 < revision <= HIGHEST_REVISION:
        raise Invalid("revision_invalid", _("A revision is a number from 1 up."))
    with transaction.atomic():
        interview, question = _open_question(interview_id, question_id, epoch)
        answer = Answer.objects.filter(
            interview=interview, attempt=interview.attempt, question=question
        ).first()
        if answer is None:
            return Answer.objects.create(
                interview=interview,
                attempt=interview.attempt,
                question=question,
                revision=revision,
                text=text,
            )
        if revision == answer.revision and text == answer.text:
            return answer
        if revision <= answer.revision:
            raise Refused(
                "revision_conflict",
                _("A newer text is already saved."),
                revision=answer.revision,
                text=answer.text,
            )
        answer.revision, answer.text = revision, text
        answer.save(update_fields=["revision", "text", "saved_at"])
        return answer


def _check_text(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise TooLarge("text_too_long", _("An answer has 20,000 characters at most."))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid("text_unreadable", _("The text holds characters that cannot be stored.")) from None
    if "\x00" in text:
        raise Invalid("text_unreadable", _("The text holds characters that cannot be stored."))


def finish_answer(*, interview_id: int, question_id: int, epoch: int, segments: list[Any]) -> Answer:
    """The candidate is done with a question, in text or by the recorded segments that the page names. Twice is once.

    Recorded pieces are verified by count and hash; whether they play is found by the job that is owed from here on.
    Invalid: answer_empty, segments_invalid, media_not_offered, chunks_missing with each missing piece.
    Refused: recording_not_agreed, answer_finished (with another list).
    """
    named = recorder().read(segments)
    with transaction.atomic():
        interview, question = _open_question(interview_id, question_id, epoch)
        answer = Answer.objects.filter(
            interview=interview, attempt=interview.attempt, question=question
        ).first()
        if answer is None:
            # Never saved: the pieces that it names are missing, all of them.
            answer = Answer(interview=interview, attempt=interview.attempt, question=question)
        is_recorded = recorder().close(interview, answer, named)
        if not is_recorded and not answer.text.strip():
            raise Invalid("answer_empty", _("Please write or record an answer first."), missing=[])
        if answer.finished_at is None:
            answer.finished_at = timezone.now()
            answer.save(update_fields=["finished_at"])
        return answer


def finish_stage(*, interview_id: int, stage_number: int, epoch: int) -> Saved:
    """Verify that every question of the stage is answered and commit its checkpoint; the last one completes.

    In order: checkpoint, the scoring job (in the same transaction), the announcement, completion. A stage already
    saved answers as it did. NotFound: stage_unknown. Invalid: stage_unanswered with the questions.
    Refused: not_started, ended, stale_epoch, stage_not_open.
    """
    with transaction.atomic():
        interview = locking.interview(interview_id)
        lease = locking.lease(interview_id)
        stage = Stage.objects.filter(plan_id=interview.plan_id, number=stage_number).first()
        if stage is None:
            raise NotFound("stage_unknown", _("This interview has no such stage."))
        saved = Checkpoint.objects.filter(interview=interview, attempt=interview.attempt, stage=stage).first()
        if saved is not None and lease.epoch == epoch:
            return Saved(saved_at=saved.saved_at, state=interview.state)
        interviews.require_open(interview, lease, epoch)
        _require_stage_open(interview, stage)
        answers = {
            answer.question_id: answer
            for answer in Answer.objects.filter(
                interview=interview, attempt=interview.attempt, question__stage=stage
            )
        }
        question_ids = list(stage.questions.values_list("pk", flat=True))
        missing = [pk for pk in question_ids if pk not in answers or not _is_answered(answers[pk])]
        if missing:
            raise Invalid(
                "stage_unanswered", _("Some questions of this stage have no answer yet."), questions=missing
            )
        now = timezone.now()
        for answer in answers.values():
            if answer.finished_at is None:
                recorder().close(interview, answer, [])
                answer.finished_at = now
                answer.save(update_fields=["finished_at"])
        checkpoint = Checkpoint.objects.create(
            interview=interview, attempt=interview.attempt, stage=stage, saved_at=now
        )
        async_task("recruitment.tasks.score_checkpoint", checkpoint.pk, group="scoring")
        signals.stage_saved.emit(
            subject=interview,
            facts={
                "attempt": interview.attempt,
                "stage": stage.number,
                "saved_stages": interview.saved_stages,
            },
            by=actor_label(Party.CANDIDATE),
        )
        interviews.complete_if_finished(interview)
        return Saved(saved_at=now, state=interview.state)


def _is_answered(answer: Answer) -> bool:
    """In words, or by a recording that was finished: one that broke off is kept, but is no answer yet."""
    return bool(answer.text.strip()) or (answer.finished_at is not None and bool(answer.media))


def _open_question(interview_id: int, question_id: int, epoch: int) -> tuple[Interview, Question]:
    """The locked interview and the question, if this page may write to it now."""
    interview = locking.interview_alone(interview_id)
    question = (
        Question.objects.select_related("stage").filter(pk=question_id, stage__plan=interview.plan_id).first()
    )
    if question is None:
        raise NotFound("question_unknown", _("This interview has no such question."))
    interviews.require_open(interview, locking.lease(interview_id), epoch)
    _require_stage_open(interview, question.stage)
    return interview, question


def _require_stage_open(interview: Interview, stage: Stage) -> None:
    """Stages are taken in order: the open one is the first without a checkpoint."""
    saved = Checkpoint.objects.filter(interview=interview, attempt=interview.attempt, stage=OuterRef("pk"))
    up_to_here = Stage.objects.filter(plan_id=interview.plan_id, number__lte=stage.number).order_by("number")
    unsaved = list(up_to_here.filter(~Exists(saved)).values_list("pk", flat=True))
    if stage.pk not in unsaved:
        raise Refused("stage_saved", _("This stage is saved and cannot be changed any more."))
    if unsaved[0] != stage.pk:
        raise Refused("stage_not_open", _("This stage is not open yet."))
