"""What was said is written down: owed with the recording that plays, done by a job, corrected by a reviewer beside."""

import logging
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core.errors import Invalid, Refused
from people.actors import Actor, actor_label, actor_user
from recruitment.enums import TranscriptState
from recruitment.evaluation import measures, providers
from recruitment.evaluation.providers import NotNowError, UnheardError, Written
from recruitment.models import Recording, Transcript
from recruitment.queries import agreed_to_evaluation
from recruitment.recordings import storage, workroom
from recruitment.rules import require_recruiting

# Whoever listens says so every RENEW_EVERY seconds: somebody who was killed is followed within two minutes. A recording
# lasts half an hour at most, and is listened to in less than its own time; longer than LONGEST nobody is at it.
CLAIM = timedelta(seconds=60)
RENEW_EVERY = 15.0
LONGEST = timedelta(minutes=65)
# 1 + 2 + … + 32 minutes: then it waits for a person, who may have it tried again.
MOST_TRIES = 6
# The jobs that wait behind this one get their turn.
WORK_FOR = 50.0
LOOKED_AT = 500
LONGEST_PIECE = 2000
logger = logging.getLogger(__name__)


def owe(recording: Recording) -> None:
    """In the transaction that made the recording playable: its words are owed. The same file again owes nothing."""
    found, is_new = Transcript.objects.get_or_create(
        recording=recording, defaults={"file": recording.stored_name}
    )
    if not is_new and found.file != recording.stored_name:
        _again(found, file=recording.stored_name)


def retry(*, transcript_id: int, by: Actor) -> Transcript:
    """Have a recording listened to again whose words could not be written down. Refused: transcript_not_failed."""
    require_recruiting(by, Transcript, transcript_id)
    with transaction.atomic():
        found = Transcript.objects.select_for_update().get(pk=transcript_id)
        if found.state == TranscriptState.OWED:
            return found
        if found.state != TranscriptState.UNHEARD:
            raise Refused("transcript_not_failed", _("This recording is not waiting for another try."))
        return _again(found, file=found.file)


def _again(found: Transcript, *, file: str) -> Transcript:
    found.state, found.file, found.reason = TranscriptState.OWED, file, ""
    found.tries, found.try_after, found.claimed_until = 0, None, None
    found.pieces = found.measures = found.written_at = None
    found.corrected = found.corrected_by = found.corrected_at = found.corrections = found.scored_at = None
    found.model = found.language = ""
    found.save()
    return found


def correct(*, transcript_id: int, texts: list[str], by: Actor, is_scored: bool = True) -> Transcript:
    """The reviewer's words, piece by piece, beside what the model wrote; the same as written takes a correction back.
    Each correction is kept: who, when, what stood there before and after. The same as it stands changes nothing.

    `is_scored`: what rests on these words is scored anew; else the scores stand until somebody asks for it.

    Invalid: pieces_differ (another number than there are), piece_too_long. Refused: transcript_not_written.
    """
    require_recruiting(by, Transcript, transcript_id)
    with transaction.atomic():
        found = Transcript.objects.select_for_update().get(pk=transcript_id)
        if found.state != TranscriptState.WRITTEN:
            raise Refused("transcript_not_written", _("Nothing has been written down yet."))
        said = [text.strip() for text in texts]
        written = list(found.pieces or [])
        if len(said) != len(written):
            raise Invalid(
                "pieces_differ",
                _("There are %(pieces)s pieces and %(lines)s lines: keep one line for each piece.")
                % {"pieces": len(written), "lines": len(said)},
            )
        if any(len(text) > LONGEST_PIECE for text in said):
            raise Invalid(
                "piece_too_long", _("A piece has at most %(most)s characters.") % {"most": LONGEST_PIECE}
            )
        before = [str(piece["text"]) for piece in found.shown]
        if before != said:
            now = timezone.now()
            is_back = [str(piece["text"]) for piece in written] == said
            found.corrected = (
                None if is_back else [_corrected(*pair) for pair in zip(written, said, strict=True)]
            )
            found.corrected_by = None if is_back else actor_user(by)
            found.corrected_at = None if is_back else now
            changes = [
                [place, was, text]
                for place, (was, text) in enumerate(zip(before, said, strict=True))
                if was != text
            ]
            made = {"at": now.isoformat(), "by": actor_label(by), "changes": changes}
            found.corrections = [*(found.corrections or []), made]
            found.scored_at = None if is_scored else found.scored_at
            found.save(
                update_fields=["corrected", "corrected_by", "corrected_at", "corrections", "scored_at"]
            )
            if is_scored:
                _score_soon(found.pk)
        return found


def _corrected(piece: dict[str, Any], text: str) -> dict[str, Any]:
    """The piece with a person's words; words' times and confidence belong to what the model heard."""
    if text == piece["text"]:
        return piece
    return {"from": piece["from"], "to": piece["to"], "text": text, "confidence": None}


def write_owed() -> int:
    """The job: write down what is owed, for WORK_FOR seconds; returns how many were settled. Killed, nothing is lost.

    New before old, and of each candidate one before anybody's second. While the model is not there all of it waits.
    """
    listener = providers.transcriber()
    if listener is None or not listener.health().works:
        return 0
    settled, began = 0, time.monotonic()
    for transcript_id in due():
        if time.monotonic() - began > WORK_FOR:
            break
        try:
            settled += write_down(transcript_id=transcript_id, listener=listener)
        except NotNowError:
            # It says nothing of this recording: the next would meet the same.
            break
    return settled


def due() -> list[int]:
    """What is owed and may be tried, in its order, of the newest LOOKED_AT. Two queries.

    A candidate's turns go on where the last call left them: what was settled before counts, or whoever came last would
    begin each call anew and the others never had theirs.
    """
    now, whose = timezone.now(), "recording__segment__answer__interview"
    newest = Transcript.objects.filter(state=TranscriptState.OWED).order_by("-id").values("pk")[:LOOKED_AT]
    waiting = list(
        Transcript.objects.filter(pk__in=newest)
        .filter(Q(try_after=None) | Q(try_after__lte=now), Q(claimed_until=None) | Q(claimed_until__lte=now))
        .order_by("id")
        .values_list("pk", whose)
    )
    settled = Transcript.objects.filter(**{f"{whose}__in": {interview for _pk, interview in waiting}})
    had = settled.exclude(state=TranscriptState.OWED).order_by().values_list(whose).annotate(Count("pk"))
    turns = Counter(dict(had))
    placed = []
    for pk, interview in waiting:
        turns[interview] += 1
        placed.append((turns[interview], -pk))
    return [-place for _turn, place in sorted(placed)]


def write_down(*, transcript_id: int, listener: providers.Transcriber) -> bool:
    """Claim it, listen outside any transaction, write what was heard if the claim still stands.

    Returns whether it is settled. NotNowError when the model or the storage gave out: the try counts, the next waits.
    """
    claimed = _claim(transcript_id)
    if claimed is None:
        return False
    if claimed.state != TranscriptState.OWED:
        return True
    try:
        with _held(claimed), workroom.folder() as folder:
            written = listener.transcribe(_fetched(claimed.file, folder))
    except UnheardError as error:
        return _settle(claimed, reason=str(error))
    except (NotNowError, OSError, storage.StorageDown) as error:
        code = str(error) if isinstance(error, NotNowError) else "storage_down"
        logger.warning("transcript %s: %s", transcript_id, code)
        _put_off(claimed, code)
        raise NotNowError(code) from error
    return _settle(claimed, written=written)


def _claim(transcript_id: int) -> Transcript | None:
    """The row, claimed; settled at once without the candidate's consent, or when the recording is gone."""
    now = timezone.now()
    with transaction.atomic():
        rows = Transcript.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=transcript_id)
        found = rows.select_related("recording__segment__answer").first()
        if found is None or found.state != TranscriptState.OWED:
            return None
        if found.claimed_until is not None and found.claimed_until > now:
            return None
        segment = found.recording.segment
        if found.claimed_until is not None and found.tries >= MOST_TRIES:
            # Whoever listened to it was killed, every time.
            found.state, found.reason, found.claimed_until = TranscriptState.UNHEARD, "listening_ended", None
            found.save()
            return found
        if not agreed_to_evaluation(segment.answer.interview_id, segment.answer.attempt):
            found.state = TranscriptState.NOT_ALLOWED
        elif segment.deletion_reason or not found.recording.stored_name:
            found.state, found.reason = TranscriptState.UNHEARD, "recording_deleted"
        else:
            found.file, found.claimed_until, found.tries = (
                found.recording.stored_name,
                now + CLAIM,
                found.tries + 1,
            )
        found.save()
    return found


@contextmanager
def _held(claimed: Transcript) -> Iterator[None]:
    """While the block lasts its claim is renewed from beside it; one that was lost stays lost and writes nothing."""
    over, until = Event(), timezone.now() + LONGEST

    def renew() -> None:
        try:
            while not over.wait(RENEW_EVERY) and timezone.now() < until:
                close_old_connections()
                with suppress(DatabaseError):
                    later = timezone.now() + CLAIM
                    if not _mine(claimed).update(claimed_until=later):
                        return
                    claimed.claimed_until = later
        finally:
            connection.close()

    beside = Thread(target=renew, name=f"transcript {claimed.pk}", daemon=True)
    beside.start()
    try:
        yield
    finally:
        over.set()
        beside.join()


def _fetched(name: str, folder: Path) -> Path:
    target = folder / f"recording{Path(name).suffix}"
    with storage.opened(name) as content, target.open("wb") as copy:
        shutil.copyfileobj(content, copy, 1024 * 1024)
    return target


def _settle(claimed: Transcript, *, written: Written | None = None, reason: str = "") -> bool:
    """Write it, if this claim still stands: a job that took too long, and one whose recording grew, write nothing."""
    values: dict[str, Any] = {"state": TranscriptState.UNHEARD, "reason": reason, "claimed_until": None}
    if written is not None:
        values |= {
            "state": TranscriptState.WRITTEN,
            "language": written.language,
            "model": written.model,
            "pieces": [piece.as_stored() for piece in written.pieces],
            "measures": measures.measured(written),
            "written_at": timezone.now(),
        }
    with transaction.atomic():
        is_settled = bool(_mine(claimed).update(**values))
        if is_settled and written is not None:
            _score_soon(claimed.pk)
    return is_settled


def _score_soon(transcript_id: int) -> None:
    async_task("recruitment.tasks.score_heard", transcript_id, group="scoring")


def _put_off(claimed: Transcript, code: str) -> None:
    if claimed.tries >= MOST_TRIES:
        _settle(claimed, reason=code)
        return
    again = timezone.now() + timedelta(minutes=2 ** (claimed.tries - 1))
    _mine(claimed).update(claimed_until=None, try_after=again, reason=code)


def _mine(claimed: Transcript) -> Any:
    return Transcript.objects.filter(
        pk=claimed.pk, state=TranscriptState.OWED, file=claimed.file, claimed_until=claimed.claimed_until
    )
