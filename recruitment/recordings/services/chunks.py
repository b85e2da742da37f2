"""A chunk of a recording comes in: looked for, stored, written down.

Bytes are not presence: nothing here extends a lease. Outside work (a storage over the network) is never done inside a
transaction: look, store the bytes under a name of their own, then write the row that speaks of them.
"""

from dataclasses import dataclass
from typing import IO

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import connections
from core.errors import DomainError, Invalid, NotFound, Refused
from recruitment.enums import InterviewState, RecordingState, Standing
from recruitment.models import Answer, Recording, Segment
from recruitment.recordings import policy, storage
from recruitment.recordings.services import keeping, places
from recruitment.recordings.services.places import Place
from recruitment.services import links, sessions

_LOCK = "SELECT id FROM recruitment_interview WHERE id = %s FOR UPDATE"
_INSERT = """
    INSERT INTO recruitment_chunk (segment_id, seq, bytes, sha256, stored_name, set_aside, received_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A chunk as a page sends it: where it belongs, and what it is. `epoch` is the one that opened its segment."""

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


def take_chunk(*, session_token: str, piece: Piece, content: IO[bytes]) -> Taken:
    """Store one chunk of a recording; the same one again is harmless.

    In order: look, store the bytes, lock and look again, write the row. A refusal leaves no row and no bytes.
    A chunk of a finished answer is kept, but set aside. NotFound: session_unknown, link_expired, link_revoked,
    question_unknown. Invalid: media_not_offered, invalid. TooLarge: quota_exceeded. StorageDown: storage_down.
    Refused: not_started, ended, wrong_epoch (with next_segment), chunk_differs, recording_not_agreed,
    recording_deleted, stage_not_open.
    """
    _require_numbers(piece)
    place = _find(session_token, piece)
    if place.sha256 is not None:
        return Taken(is_new=False, set_aside=bool(place.set_aside))
    policy.require_below(places.stored(place), piece.bytes)
    # A slow storage holds up no other request.
    connections.give_back()
    name = storage.new_name(storage.CHUNKS)
    storage.put(content, name=name)
    try:
        taken = _write(place.interview_id, session_token, piece, name)
    except DomainError:
        storage.delete(name)
        raise
    # Any other failure may have come after the commit: the sweep of orphans finds bytes that no row speaks of.
    if not taken.is_new:
        storage.delete(name)
    return taken


def _write(interview_id: int, session_token: str, piece: Piece, name: str) -> Taken:
    """The row, under the interview's lock: two of the same chunk at once become one row."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, [interview_id])
        place = _find(session_token, piece)
        if place.sha256 is not None:
            return Taken(is_new=False, set_aside=bool(place.set_aside))
        policy.require_below(places.stored(place), piece.bytes)
        segment_id = place.segment_id or _open_segment(place, piece)
        cursor.execute(
            _INSERT,
            [segment_id, piece.seq, piece.bytes, piece.sha256, name, place.is_late, timezone.now()],
        )
        if place.has_recording:
            Recording.objects.filter(segment=segment_id).update(state=RecordingState.PENDING)
        return Taken(is_new=True, set_aside=place.is_late)


def _open_segment(place: Place, piece: Piece) -> int:
    """The first chunk opens its segment, and its answer. One that comes too late stands apart and plays by itself.

    Nobody will finish what comes after the interview broke off: it is made playable as far as it comes.
    """
    answer_id = place.answer_id
    if answer_id is None:
        # A place without an attempt is refused before this.
        attempt = place.attempt or place.present_attempt
        answer_id = Answer.objects.create(
            interview_id=place.interview_id, attempt=attempt, question_id=piece.question_id
        ).pk
    segment = Segment.objects.create(
        answer_id=answer_id,
        number=piece.segment,
        epoch=piece.epoch,
        mime=piece.mime,
        standing=Standing.SET_ASIDE if place.is_late else Standing.TAKEN,
    )
    if place.is_late:
        Recording.objects.create(segment=segment)
    elif place.state != InterviewState.IN_PROGRESS:
        keeping.keep_what_comes_later(segment)
    return segment.pk


def _find(session_token: str, piece: Piece) -> Place:
    """The chunk's place, where it may be taken; raises otherwise."""
    place = places.find(
        token_hash=links.digest(session_token),
        question=piece.question_id,
        segment=piece.segment,
        seq=piece.seq,
        epoch=piece.epoch,
    )
    if place is None:
        sessions.of(session_token)  # says what is wrong with it
        raise NotFound("session_unknown", _("Please open your interview link again."))
    if place.question_id is None:
        raise NotFound("question_unknown", _("This interview has no such question."))
    if place.attempt is None:
        raise Refused("wrong_epoch", _("The interview was opened on another page."))
    _require_begun(place)
    policy.require_offered(place.richest_medium, piece.mime)
    policy.require_agreed(has_agreed=place.has_agreed)
    _require_own(place, piece)
    if place.is_stage_early and not place.is_late:
        raise Refused("stage_not_open", _("This stage is not open yet."))
    return place


def _require_numbers(piece: Piece) -> None:
    if piece.segment >= policy.SEGMENTS_PER_ANSWER:
        raise Invalid("invalid", _("An answer has no segment of this number."), field="segment")
    if piece.seq >= policy.CHUNKS_PER_SEGMENT:
        raise Invalid("invalid", _("A segment has no piece of this number."), field="seq")


def _require_begun(place: Place) -> None:
    if place.attempt != place.present_attempt:
        return
    if place.state == InterviewState.SCHEDULED:
        raise Refused("not_started", _("The interview has not begun."))
    if place.state in (InterviewState.CANCELLED, InterviewState.MISSED):
        raise Refused("ended", _("This interview has ended."), state=place.state)


def _require_own(place: Place, piece: Piece) -> None:
    """A segment belongs to the page that opened it: another page sends its own under another number."""
    if place.segment_id is None:
        return
    if place.segment_epoch != piece.epoch:
        free = policy.free_number(place.answer_id)
        raise Refused("wrong_epoch", _("This part of the answer belongs to another page."), next_segment=free)
    if place.deletion_reason:
        raise Refused("recording_deleted", _("This recording was deleted."))
    if place.sha256 not in (None, piece.sha256):
        raise Refused(
            "chunk_differs", _("Another piece is stored here."), segment=piece.segment, seq=piece.seq
        )
