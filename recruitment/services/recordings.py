"""Recordings as they come in: a chunk is stored, an answer is closed, an interrupted one is kept as far as it goes.

Bytes are not presence: nothing here extends a lease. Outside work (a storage over the network) is never done inside a
transaction: look, store the bytes under a name of their own, then write the row that speaks of them.
"""

from dataclasses import dataclass
from typing import IO

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_q.tasks import async_task

from hrsuite.errors import Invalid, NotFound, Refused
from hrsuite.events import effect
from people.actors import Actor, Party, require_hr
from recruitment.enums import DeletionReason, InterviewState, RecordingState, Standing
from recruitment.models import (
    Answer,
    Checkpoint,
    Chunk,
    Consent,
    Interview,
    Question,
    Recording,
    RoomEntry,
    Segment,
    Stage,
)
from recruitment.recordings import policy, retention, storage
from recruitment.services import locking
from recruitment.services.interviews import CONSENT_VERSION


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A chunk as a page sends it: where it belongs, and what it is."""

    question_id: int
    segment: int
    seq: int
    epoch: int
    sha256: str
    bytes: int
    mime: str


@dataclass(frozen=True)
class Taken:
    """What became of a chunk: new or known, and whether it is kept apart from the answer."""

    is_new: bool
    set_aside: bool


@dataclass(frozen=True)
class _Place:
    """Where a chunk goes: what exists of its way, and whether it comes too late to be part of the answer."""

    interview: Interview
    attempt: int
    question: Question
    answer: Answer | None
    segment: Segment | None
    chunk: Chunk | None
    is_late: bool


def take_chunk(*, interview_id: int, piece: Piece, content: IO[bytes]) -> Taken:
    """Store one chunk of a recording; the same one again is harmless.

    In order: look, store the bytes, lock and look again, write the row. Whatever refuses leaves no row and no bytes.
    A chunk of a finished answer is kept, but set aside. NotFound: question_unknown. Invalid: media_not_offered,
    invalid. TooLarge: quota_exceeded. Refused: not_started, ended, wrong_epoch (with next_segment), chunk_differs,
    recording_not_agreed, recording_deleted, stage_not_open. StorageDown: storage_down.
    """
    known = _place(_read(interview_id), piece)
    if known.chunk is not None:
        return Taken(is_new=False, set_aside=known.chunk.set_aside)
    _give_back_connection()
    name = storage.new_name(storage.CHUNKS)
    storage.put(content, name=name)
    try:
        taken = _write(interview_id, piece, name)
    except BaseException:
        storage.delete(name)
        raise
    if not taken.is_new:
        storage.delete(name)
    return taken


def _give_back_connection() -> None:
    """A slow storage holds up no other request: the connection goes back to the pool until the row is written."""
    if not connection.in_atomic_block:
        connection.close()


def _read(interview_id: int) -> Interview:
    interview = (
        Interview.objects.select_related("application__opening", "lease").filter(pk=interview_id).first()
    )
    if interview is None:
        raise NotFound("interview_unknown", _("There is no such interview."))
    return interview


def _write(interview_id: int, piece: Piece, name: str) -> Taken:
    """The row, under the interview's lock: two of the same chunk at once become one row."""
    with transaction.atomic():
        Interview.objects.select_for_update().filter(pk=interview_id).values_list("pk").first()
        place = _place(_read(interview_id), piece)
        if place.chunk is not None:
            return Taken(is_new=False, set_aside=place.chunk.set_aside)
        answer = place.answer or Answer.objects.create(
            interview_id=interview_id, attempt=place.attempt, question=place.question
        )
        segment = place.segment or Segment.objects.create(
            answer=answer,
            number=piece.segment,
            epoch=piece.epoch,
            mime=piece.mime,
            standing=Standing.SET_ASIDE if place.is_late else Standing.TAKEN,
        )
        Chunk.objects.create(
            segment=segment, seq=piece.seq, bytes=piece.bytes, sha256=piece.sha256, stored_name=name,
            set_aside=place.is_late,
        )  # fmt: skip
        if segment.standing == Standing.SET_ASIDE:
            Recording.objects.get_or_create(segment=segment)
        Recording.objects.filter(segment=segment).update(state=RecordingState.PENDING)
        return Taken(is_new=True, set_aside=place.is_late)


def _place(interview: Interview, piece: Piece) -> _Place:
    """Find the chunk's place and raise unless it may be taken there."""
    question = Question.objects.select_related("stage").filter(
        pk=piece.question_id, stage__plan=interview.plan_id
    ).first()  # fmt: skip
    if question is None:
        raise NotFound("question_unknown", _("This interview has no such question."))
    _require_numbers(piece)
    attempt = _attempt_of(interview, piece.epoch)
    _require_begun(interview, attempt)
    policy.require_may_record(interview, attempt, mime=piece.mime)
    answer = Answer.objects.filter(interview=interview, attempt=attempt, question=question).first()
    segment = Segment.objects.filter(answer=answer, number=piece.segment).first() if answer else None
    chunk = None
    if answer is not None and segment is not None:
        _require_own(answer, segment, piece)
        chunk = Chunk.objects.filter(segment=segment, seq=piece.seq).first()
    if chunk is not None and chunk.sha256 != piece.sha256:
        raise Refused(
            "chunk_differs",
            _("Another piece is stored under this number."),
            segment=piece.segment,
            seq=piece.seq,
        )
    is_late = _is_late(interview, attempt, question.stage, answer)
    if chunk is None:
        policy.require_room_for(interview, attempt, answer.pk if answer else None, piece.bytes)
    return _Place(interview, attempt, question, answer, segment, chunk, is_late)


def _require_numbers(piece: Piece) -> None:
    if piece.segment >= policy.SEGMENTS_PER_ANSWER:
        raise Invalid("invalid", _("An answer has no segment of this number."), field="segment")
    if piece.seq >= policy.CHUNKS_PER_SEGMENT:
        raise Invalid("invalid", _("A segment has no piece of this number."), field="seq")


def _attempt_of(interview: Interview, epoch: int) -> int:
    """The attempt in which this epoch was given. Refused: wrong_epoch when it never was."""
    if epoch == interview.lease.epoch:
        return interview.attempt
    entry = RoomEntry.objects.filter(interview=interview, epoch=epoch).first()
    if entry is None:
        raise Refused("wrong_epoch", _("The interview was opened on another page."))
    return entry.attempt


def _require_begun(interview: Interview, attempt: int) -> None:
    if attempt < interview.attempt:
        return
    if interview.state == InterviewState.SCHEDULED:
        raise Refused("not_started", _("The interview has not begun."))
    if interview.state in (InterviewState.CANCELLED, InterviewState.MISSED):
        raise Refused("ended", _("This interview has ended."), state=interview.state)


def _require_own(answer: Answer, segment: Segment, piece: Piece) -> None:
    """A segment belongs to the page that opened it: another page sends its own under another number."""
    if segment.epoch != piece.epoch:
        raise Refused(
            "wrong_epoch",
            _("This part of the answer belongs to another page."),
            next_segment=policy.free_number(answer.pk),
        )
    if segment.deletion_reason:
        raise Refused("recording_deleted", _("This recording was deleted."))


def _is_late(interview: Interview, attempt: int, stage: Stage, answer: Answer | None) -> bool:
    """Whether the answer is finished, its stage saved or its attempt over. Refused: stage_not_open before its time."""
    if attempt < interview.attempt or (answer is not None and answer.finished_at is not None):
        return True
    saved = set(
        Checkpoint.objects.filter(interview=interview, attempt=attempt).values_list("stage_id", flat=True)
    )
    if stage.pk in saved:
        return True
    if Stage.objects.filter(plan=interview.plan_id, number__lt=stage.number).exclude(pk__in=saved).exists():
        raise Refused("stage_not_open", _("This stage is not open yet."))
    return False


def keep_what_came(*, interview_id: int) -> None:
    """Bring the recordings to the interview's present state: broken off or over, what came so far is made playable.

    A row and a job per unfinished answer with a recording; an interview that runs (again) needs nothing.
    """
    with transaction.atomic():
        interview = locking.interview(interview_id)
        if interview.state in (InterviewState.IN_PROGRESS, InterviewState.SCHEDULED):
            return
        unfinished = Segment.objects.filter(
            answer__interview=interview, standing=Standing.TAKEN, deletion_reason="", listed_chunks=None
        ).exclude(recording__state=RecordingState.PENDING)
        answers: dict[int, Answer] = {}
        for segment in unfinished.select_related("answer", "recording"):
            _make_pending(segment)
            answers[segment.answer_id] = segment.answer
        for answer in answers.values():
            answer.media = RecordingState.PENDING
            answer.save(update_fields=["media"])
            async_task("recruitment.tasks.assemble_answer", answer.pk, group="recordings")
            effect(answer, gettext_noop("Recording kept as far as it came"))


def _make_pending(segment: Segment) -> None:
    Recording.objects.update_or_create(segment=segment, defaults={"state": RecordingState.PENDING})


def withdraw_consent(*, interview_id: int, by: Actor) -> int:
    """The candidate no longer agrees to be recorded: the word is kept, every recording is marked and then deleted.

    Answers in text, scores and the fact that something was recorded stay. HR writes it down, or the candidate says it.
    Returns how many segments go. Refused: nothing_agreed.
    """
    if by is not Party.CANDIDATE:
        require_hr(by)
    with transaction.atomic():
        interview = locking.interview(interview_id)
        if not interview.consents.filter(kind="recording", given=True).exists():
            raise Refused("nothing_agreed", _("No recording was agreed to."))
        Consent.objects.create(
            interview=interview,
            attempt=interview.attempt,
            kind="recording",
            version=CONSENT_VERSION,
            given=False,
        )
        marked = retention.mark(Segment.objects.filter(answer__interview=interview), DeletionReason.CONSENT)
        async_task("recruitment.tasks.delete_recordings", group="recordings")
        return marked


def delete_now(*, segment_id: int, by: Actor) -> None:
    """HR deletes one recording before its time: nothing is served from here on, the bytes go with the next job."""
    require_hr(by)
    with transaction.atomic():
        if not retention.mark(Segment.objects.filter(pk=segment_id, deleted_at=None), DeletionReason.BY_HR):
            raise Refused("recording_deleted", _("This recording was deleted."))
        async_task("recruitment.tasks.delete_recordings", group="recordings")
