"""What a candidate says, saved: text by revision, stages by checkpoint. Nothing here extends a lease."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core import prepared
from core.errors import Invalid, NotFound, Refused, TooLarge
from core.events.reading import reading_once
from core.prepared import Shape
from people.actors import Party, actor_label
from recruitment import signals
from recruitment.models import Answer, Checkpoint, Interview, Question, Stage
from recruitment.services import interviews, locking, progress
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
        interview, open_question = _open_question(interview_id, question_id, epoch)
        saved = open_question.answer
        answer = Answer(
            pk=saved["id"] if saved else None, interview=interview, attempt=interview.attempt, question_id=question_id,
            revision=revision, text=text, saved_at=timezone.now(),
        )  # fmt: skip
        if saved is None:
            answer.save(force_insert=True)
        elif (revision, text) == (saved["revision"], saved["text"]):
            return Answer.objects.get(pk=answer.pk)
        elif revision <= saved["revision"]:
            raise Refused(
                "revision_conflict",
                _("A newer text is already saved."),
                revision=saved["revision"],
                text=saved["text"],
            )
        else:
            prepared.execute(_NEWER, [revision, _TEXT.seal(text), answer.saved_at, answer.pk])
        return answer


def _check_text(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise TooLarge("text_too_long", _("An answer has 20,000 characters at most."))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid("text_unreadable", _("The text contains characters that cannot be stored.")) from None
    if "\x00" in text:
        raise Invalid("text_unreadable", _("The text contains characters that cannot be stored."))


def finish_answer(*, interview_id: int, question_id: int, epoch: int, segments: list[Any]) -> Answer:
    """The candidate is done with a question, in text or by the recorded segments that the page names. Twice is once.

    Recorded pieces are verified by count and hash; whether they play is found by the job that is owed from here on.
    Invalid: answer_empty, segments_invalid, media_not_offered, chunks_missing with each missing piece.
    Refused: recording_not_agreed, answer_finished (with another list).
    """
    named = recorder().read(segments)
    with transaction.atomic():
        interview, open_question = _open_question(interview_id, question_id, epoch)
        if open_question.answer is None:
            # Never saved: the pieces that it names are missing, all of them.
            answer = Answer(interview=interview, attempt=interview.attempt, question_id=question_id)
        else:
            answer = Answer.objects.get(pk=open_question.answer["id"])
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
    with reading_once(), transaction.atomic():
        interview, lease = locking.interview_and_lease(interview_id)
        stage_id = progress.plan_of(interview.version_id).stages.get(stage_number)
        if stage_id is None:
            raise NotFound("stage_unknown", _("This interview has no such stage."))
        before = progress.saved_stages_of(interview)
        saved = {stage.stage_id for stage in before}
        if stage_id in saved and lease.epoch == epoch:
            return _as_saved(interview, stage_id)
        interviews.require_open(interview, lease, epoch)
        _require_stage_open(interview, stage_number, saved)
        now = timezone.now()
        _finish_answers(interview, stage_id, now)
        checkpoint = Checkpoint.objects.create(
            interview=interview, attempt=interview.attempt, stage_id=stage_id, saved_at=now
        )
        progress.saved(interview, before, stage_id)
        async_task("recruitment.tasks.score_checkpoint", checkpoint.pk, group="scoring")
        signals.stage_saved.emit(
            subject=interview,
            facts={
                "attempt": interview.attempt,
                "stage": stage_number,
                "saved_stages": interview.saved_stages,
            },
            by=actor_label(Party.CANDIDATE),
        )
        interviews.complete_if_finished(interview)
        return Saved(saved_at=now, state=interview.state)


def _as_saved(interview: Interview, stage_id: int) -> Saved:
    """The stage was saved before: it answers as it did."""
    saved_at = Checkpoint.objects.values_list("saved_at", flat=True).get(
        interview=interview, attempt=interview.attempt, stage=stage_id
    )
    return Saved(saved_at=saved_at, state=interview.state)


def _finish_answers(interview: Interview, stage_id: int, now: datetime) -> None:
    """Finish every answer of the stage that is open still. Invalid: stage_unanswered with the questions."""
    answers = {
        answer.question_id: answer
        for answer in Answer.objects.filter(
            interview=interview, attempt=interview.attempt, question__stage=stage_id
        )
    }
    question_ids = list(Question.objects.filter(stage=stage_id).values_list("pk", flat=True))
    missing = [pk for pk in question_ids if pk not in answers or not _is_answered(answers[pk])]
    if missing:
        raise Invalid(
            "stage_unanswered", _("Some questions of this stage have no answer yet."), questions=missing
        )
    unfinished = [answer for answer in answers.values() if answer.finished_at is None]
    for answer in unfinished:
        recorder().close(interview, answer, [])
        answer.finished_at = now
    Answer.objects.filter(pk__in=[answer.pk for answer in unfinished]).update(finished_at=now)


def _is_answered(answer: Answer) -> bool:
    """In words, or by a recording that was finished: one that broke off is kept, but is no answer yet."""
    return bool(answer.text.strip()) or (answer.finished_at is not None and bool(answer.media))


@dataclass(frozen=True, slots=True)
class _OpenQuestion:
    """A question that may be answered now, and what is saved of its answer: id, revision, text."""

    answer: dict[str, Any] | None


def _open_question(interview_id: int, question_id: int, epoch: int) -> tuple[Interview, _OpenQuestion]:
    """The locked interview and the question, if this page may write to it now. Two queries."""
    interview, lease = locking.interview_and_lease_alone(interview_id)
    found = _QUESTION.first(interview.version_id, interview_id, interview.attempt, question_id)
    if found is None:
        raise NotFound("question_unknown", _("This interview has no such question."))
    is_saved, is_early, answered = found
    interviews.require_open(interview, lease, epoch)
    if is_saved:
        raise _stage_saved()
    if is_early:
        raise _stage_not_open()
    # The database puts it together as it is stored.
    return interview, _OpenQuestion(answered and {**answered, "text": _TEXT.unseal(answered["text"])})


def _question(version_id: int, interview_id: int, attempt: int, question_id: int) -> QuerySet[Any, Any]:
    """Whether the question's stage is saved, whether one before it is not, and what is saved of its answer."""
    saved = Checkpoint.objects.filter(interview=interview_id, attempt=attempt)
    earlier = Stage.objects.filter(version=version_id, number__lt=OuterRef("stage__number"))
    answer = Answer.objects.filter(interview=interview_id, attempt=attempt, question=OuterRef("pk")).values(
        json=JSONObject(id="pk", revision="revision", text="text")
    )
    return (
        Question.objects.filter(pk=question_id, stage__version=version_id)
        .order_by()
        .values_list(
            Exists(saved.filter(stage=OuterRef("stage"))),
            Exists(earlier.filter(~Exists(saved.filter(stage=OuterRef("pk"))))),
            Subquery(answer),
        )
    )


_QUESTION = Shape(_question, int, int, int, int)
_TEXT: Any = Answer._meta.get_field("text")
_NEWER = "UPDATE recruitment_answer SET revision = %s, text = %s, saved_at = %s WHERE id = %s"


def _require_stage_open(interview: Interview, stage_number: int, saved: set[int]) -> None:
    """Stages are taken in order: the open one is the first without a checkpoint."""
    stages = progress.plan_of(interview.version_id).stages
    if stages[stage_number] in saved:
        raise _stage_saved()
    if any(number < stage_number and stage_id not in saved for number, stage_id in stages.items()):
        raise _stage_not_open()


def _stage_saved() -> Refused:
    return Refused("stage_saved", _("This stage is saved and cannot be changed any more."))


def _stage_not_open() -> Refused:
    return Refused("stage_not_open", _("This stage is not open yet."))
