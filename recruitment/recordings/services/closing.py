"""The end of a recorded answer, or of one take: what the page names is compared with what is stored, piece by piece."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core.errors import Invalid, NotFound, Refused
from recruitment.enums import DeletionReason, RecordingState, Standing
from recruitment.models import Answer, Chunk, Interview, Question, Recording, Segment
from recruitment.recordings import policy
from recruitment.services import interviews, locking

SHA256_LENGTH = 64


@dataclass(frozen=True)
class Named:
    """A segment as the page names it at the end. `number` None: the place in the list is the number."""

    number: int | None
    hashes: tuple[str, ...]
    discarded: bool


def read(segments: list[Any]) -> list[Named]:
    """`[{chunks, sha256: […], number?, discarded?}]` as it came. Invalid: segments_invalid."""
    named = [_read_one(segment) for segment in segments]
    numbers = [place if each.number is None else each.number for place, each in enumerate(named)]
    if len(set(numbers)) < len(numbers) or len(named) > policy.SEGMENTS_PER_ANSWER:
        raise _unreadable()
    return named


def _read_one(segment: Any) -> Named:
    if not isinstance(segment, dict):
        raise _unreadable()
    chunks, hashes = segment.get("chunks"), segment.get("sha256", [])
    number, discarded = segment.get("number"), segment.get("discarded", False)
    well_formed = (
        _is_number(chunks, policy.CHUNKS_PER_SEGMENT)
        and isinstance(hashes, list)
        and len(hashes) == chunks
        and all(isinstance(each, str) and len(each) == SHA256_LENGTH for each in hashes)
        and (number is None or _is_number(number, policy.SEGMENTS_PER_ANSWER - 1))
        and isinstance(discarded, bool)
    )
    if not well_formed:
        raise _unreadable()
    return Named(number, tuple(each.lower() for each in hashes), discarded)


def _is_number(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _unreadable() -> Invalid:
    return Invalid("segments_invalid", _("The list of recorded pieces cannot be read."), missing=[])


def close(interview: Interview, answer: Answer, named: list[Named]) -> bool:
    """On a locked interview: make what is named the answer's recording, keep the rest apart; whether there is one.

    The job that makes it playable is owed from here on, in the same transaction. The same list again changes nothing,
    and of an answer that was open once more only what is new is made, and listened to.
    Invalid: media_not_offered, chunks_missing with each missing (segment, seq). Refused: recording_not_agreed,
    answer_finished (with another list).
    """
    wanted = [each for each in named if each.hashes and not each.discarded]
    if wanted:
        policy.require_may_record(interview, answer.attempt)
    segments = _segments_of(answer)
    numbered = _matched(segments, wanted, named)
    if answer.finished_at is not None:
        if numbered and {number: len(each.hashes) for number, each in numbered.items()} != _closed(segments):
            raise Refused("answer_finished", _("This answer is finished already."))
        return bool(answer.media)
    discarded = {number for number, each in _by_place(named).items() if each.discarded}
    is_owed = False
    for number, segment in segments.items():
        gone = number in discarded and _may_retake(interview)
        is_owed |= _settle(segment, numbered.get(number), discarded=gone)
    if segments:
        state = RecordingState.PENDING if is_owed else RecordingState.PLAYABLE
        answer.media = state if numbered else ""
        answer.save(update_fields=["media"])
        async_task("recruitment.tasks.assemble_answer", answer.pk, group="recordings")
    return bool(numbered)


def _segments_of(answer: Answer) -> dict[int, Segment]:
    if answer._state.adding:
        return {}
    return {segment.number: segment for segment in answer.segments.prefetch_related("chunks")}


def _by_place(named: list[Named], *, first: int = 0) -> dict[int, Named]:
    return {
        place if each.number is None else each.number: each for place, each in enumerate(named, start=first)
    }


def _matched(segments: dict[int, Segment], wanted: list[Named], named: list[Named]) -> dict[int, Named]:
    """The wanted ones by their number. Places count from 0; a page that counts from 1 is understood when all fits."""
    missing: list[dict[str, int]] = []
    for first in (0, 1):
        numbered = {number: each for number, each in _by_place(named, first=first).items() if each in wanted}
        lacking = _missing(segments, numbered)
        if not lacking:
            return numbered
        missing = missing or lacking
    raise Invalid("chunks_missing", _("Some recorded pieces have not arrived."), missing=missing)


def _missing(segments: dict[int, Segment], numbered: dict[int, Named]) -> list[dict[str, int]]:
    missing = []
    for number, each in numbered.items():
        segment = segments.get(number)
        known = {chunk.seq: chunk.sha256 for chunk in segment.chunks.all()} if segment else {}
        if segment is not None and segment.deletion_reason:
            known = {}
        missing += [
            {"segment": number, "seq": seq}
            for seq, sha256 in enumerate(each.hashes)
            if known.get(seq) != sha256
        ]
    return missing


def _closed(segments: dict[int, Segment]) -> dict[int, int]:
    return {
        number: segment.listed_chunks
        for number, segment in segments.items()
        if segment.listed_chunks is not None
    }


def _settle(segment: Segment, named: Named | None, *, discarded: bool) -> bool:
    """Part of the answer, set aside, or discarded for another take (then its bytes are deleted by the job); whether a
    recording has to be made of it."""
    if named is not None and _is_made(segment, len(named.hashes)):
        return False
    if named is not None:
        segment.standing = Standing.TAKEN
        segment.listed_chunks = len(named.hashes)
        Chunk.objects.filter(segment=segment, seq__gte=segment.listed_chunks).update(set_aside=True)
    elif discarded or segment.standing == Standing.DISCARDED:
        segment.standing = Standing.DISCARDED
        segment.deletion_reason = segment.deletion_reason or DeletionReason.DISCARDED
    else:
        segment.standing = Standing.SET_ASIDE
    segment.save(update_fields=["listed_chunks", "standing", "deletion_reason"])
    if segment.standing == Standing.DISCARDED or segment.deletion_reason:
        return False
    Recording.objects.update_or_create(segment=segment, defaults={"state": RecordingState.PENDING})
    return True


def _is_made(segment: Segment, pieces: int) -> bool:
    """Handed in before with just these pieces, which play: the answer was open once more since, for what was added."""
    recording = Recording.objects.filter(segment=segment, state=RecordingState.PLAYABLE, chunks=pieces)
    return segment.standing == Standing.TAKEN and segment.listed_chunks == pieces and recording.exists()


def discard(*, interview_id: int, question_id: int, epoch: int, numbers: list[Any]) -> None:
    """The candidate speaks an answer anew: these segments of the open one are no part of it from here on.

    As at its end: deleted where the opening lets answers be taken again, else kept apart. Twice is once, and a number
    that is not there is nothing. NotFound: question_unknown. Invalid: segments_invalid. Refused: answer_finished, and
    as for every answer not_started, ended, stale_epoch.
    """
    if len(numbers) > policy.SEGMENTS_PER_ANSWER or not all(
        _is_number(number, policy.SEGMENTS_PER_ANSWER - 1) for number in numbers
    ):
        raise _unreadable()
    with transaction.atomic():
        interview = locking.interview_alone(interview_id)
        if not Question.objects.filter(pk=question_id, stage__version=interview.version_id).exists():
            raise NotFound("question_unknown", _("This interview has no such question."))
        interviews.require_open(interview, locking.lease(interview_id), epoch)
        taken = Segment.objects.filter(
            answer__interview=interview, answer__attempt=interview.attempt, answer__question=question_id,
            number__in=numbers, standing=Standing.TAKEN,
        ).select_related("answer")  # fmt: skip
        for segment in taken:
            if segment.answer.finished_at is not None:
                raise Refused("answer_finished", _("This answer is finished already."))
            _settle(segment, None, discarded=_may_retake(interview))
        if taken:
            async_task("recruitment.tasks.assemble_answer", taken[0].answer_id, group="recordings")


def _may_retake(interview: Interview) -> bool:
    return interview.application.opening.may_retake
