"""Makes recordings playable: the longest run of chunks without a gap, checked, rewritten, stored. A job, safe twice."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from recruitment.enums import RecordingState, Standing
from recruitment.models import Answer, Chunk, Recording
from recruitment.recordings import remux, retention, storage, workroom
from recruitment.recordings.services import writing_down

# A job that was enqueued has had its turn by then; what is still pending has lost it.
LEFT_BEHIND_AFTER = timedelta(seconds=45)
# A file that eats all the time or memory that there is does so every time, and holds up the others while it does.
GIVE_UP_AFTER = timedelta(minutes=30)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Made:
    """What came of one try: how many chunks there were and are in it, the file and what it is, or why there is none."""

    seen: int
    chunks: int
    stored_name: str = ""
    mime: str = ""
    bytes: int | None = None
    seconds: float | None = None
    note: str = ""

    @property
    def state(self) -> RecordingState:
        return RecordingState.PLAYABLE if self.stored_name else RecordingState.BROKEN


def prefix_of(recording: Recording) -> list[Chunk]:
    """The chunks from the first up to the first gap: only these can be played. What came too late is no part of it."""
    segment = recording.segment
    chunks = segment.chunks.exclude(stored_name="").order_by("seq")
    if segment.standing == Standing.TAKEN:
        chunks = chunks.filter(set_aside=False)
    return [chunk for place, chunk in enumerate(chunks) if chunk.seq == place]


def assemble_answer(*, answer_id: int) -> int:
    """Every pending recording of one answer; returns how many were settled. Deletes what was discarded."""
    pending = Recording.objects.filter(
        segment__answer=answer_id, state=RecordingState.PENDING, segment__deletion_reason=""
    )
    done = sum(_try(pk) for pk in list(pending.values_list("pk", flat=True)))
    retention.delete_marked(answer_id=answer_id)
    return done


def assemble_pending(*, limit: int = 20) -> int:
    """The net below the queue: whatever has been pending for a while. What fails goes to the end of the line."""
    waiting = Recording.objects.filter(
        state=RecordingState.PENDING,
        changed_at__lte=timezone.now() - LEFT_BEHIND_AFTER,
        segment__deletion_reason="",
    ).order_by("changed_at")
    return sum(_try(pk) for pk in list(waiting.values_list("pk", flat=True)[:limit]))


def _try(recording_id: int) -> bool:
    # Before the work: a job that is killed in the middle of it must not begin with the same one every time.
    Recording.objects.filter(pk=recording_id).update(changed_at=timezone.now())
    try:
        return assemble(recording_id=recording_id)
    except (OSError, BotoCoreError, ClientError, storage.StorageDown) as error:
        logger.error("Recording %s could not be made: %s", recording_id, type(error).__name__)
        return False


def assemble(*, recording_id: int) -> bool:
    """Make one recording: fetch, check, rewrite, store, then the row; the file it replaces goes last.

    A chunk that came meanwhile leaves it pending for the next run, and so does a machine that gave out (OSError); one
    that is too much for it is given up after GIVE_UP_AFTER. Returns whether it is settled.
    """
    recording = Recording.objects.select_related("segment__answer").filter(pk=recording_id).first()
    if recording is None or recording.segment.deletion_reason:
        return False
    made = _make(prefix_of(recording), is_last_try=_is_old(recording))
    with transaction.atomic():
        locked = (
            Recording.objects.select_for_update(of=("self",)).select_related("segment").get(pk=recording_id)
        )
        if locked.segment.deletion_reason:
            old = made.stored_name
        else:
            old = _take(locked, made)
            refresh_answer(locked.segment.answer_id)
            if locked.state == RecordingState.PLAYABLE and locked.segment.standing == Standing.TAKEN:
                writing_down.owe(locked)
    storage.delete(old)
    return locked.state != RecordingState.PENDING


def _take(locked: Recording, made: _Made) -> str:
    """Write what was made into the locked row; returns the file that nobody needs any more."""
    old = locked.stored_name
    locked.chunks, locked.stored_name, locked.mime = made.chunks, made.stored_name, made.mime
    locked.bytes, locked.seconds, locked.note = made.bytes, made.seconds, made.note
    grew = len(prefix_of(locked)) > made.seen
    locked.state = RecordingState.PENDING if grew else made.state
    locked.save()
    return old


def _is_old(recording: Recording) -> bool:
    """Whether it has been tried for GIVE_UP_AFTER: since its last piece came, and since its answer was finished."""
    answer = recording.segment.answer
    last = recording.segment.chunks.aggregate(at=Max("received_at"))["at"]
    return max(filter(None, (recording.segment.opened_at, last, answer.finished_at))) < (
        timezone.now() - GIVE_UP_AFTER
    )


def _make(chunks: list[Chunk], *, is_last_try: bool) -> _Made:
    if not chunks:
        return _Made(0, 0, note="the first piece never arrived")
    with workroom.folder() as folder:
        source = folder / "source"
        whole = _fetch(chunks, source)
        if whole == 0:
            return _Made(len(chunks), 0, note="the first piece is not what was received")
        try:
            target, playable = remux.remux(source, folder)
        except remux.UnplayableError as error:
            return _Made(len(chunks), whole, note=str(error)[:300])
        except remux.NotNowError as error:
            if not is_last_try:
                raise
            return _Made(len(chunks), whole, note=str(error)[:300])
        name = storage.new_name(storage.PLAYS, target.suffix)
        with target.open("rb") as content:
            storage.put(content, name=name)
        return _Made(len(chunks), whole, name, playable.mime, target.stat().st_size, playable.seconds)


def _fetch(chunks: list[Chunk], target: Path) -> int:
    """Copy the chunks into one file; how many were whole. Ends before the first that is not what was received."""
    with target.open("wb") as output:
        for place, chunk in enumerate(chunks):
            try:
                with storage.opened(chunk.stored_name) as content:
                    body = content.read()
            except FileNotFoundError:
                body = b""
            if hashlib.sha256(body).hexdigest() != chunk.sha256:
                logger.error("Chunk %s is not what was received", chunk.pk)
                return place
            output.write(body)
    return len(chunks)


def refresh_answer(answer_id: int) -> None:
    """Bring an answer's `media` to what its recordings say: pending while one is, broken when one is, else playable."""
    answer = Answer.objects.select_for_update().get(pk=answer_id)
    if not answer.media:
        return
    of_answer = Recording.objects.filter(segment__answer=answer, segment__standing=Standing.TAKEN)
    states = set(of_answer.values_list("state", flat=True))
    order = (RecordingState.PENDING, RecordingState.BROKEN, RecordingState.PLAYABLE)
    found = next((state for state in order if state in states), RecordingState.PENDING)
    if answer.media != found:
        answer.media = found
        answer.save(update_fields=["media"])
        Answer.objects.filter(kept_from=answer).update(media=found)
