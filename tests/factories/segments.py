"""Recorded answers as rows: segments with pieces that came every four seconds, and what became of them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from recruitment.enums import RecordingState, Standing
from recruitment.models import Answer, Chunk, Interview, Question, Recording, Segment

EVERY = timedelta(seconds=4)


def answer(of: Interview, stage: int = 1, question: int = 1, **fields: Any) -> Answer:
    """An answer of the interview's present attempt."""
    row = Question.objects.get(stage__version=of.version, stage__number=stage, number=question)
    return Answer.objects.create(interview=of, attempt=of.attempt, question=row, **fields)


def segment(
    of: Answer,
    number: int = 0,
    *,
    pieces: int = 3,
    at: datetime | None = None,
    silent: int | None = None,
    mime: str = "audio/webm;codecs=opus",
    **fields: Any,
) -> Segment:
    """A segment whose first piece came `at`; before piece `silent` the line was away for a minute."""
    begin = at or timezone.now() - timedelta(minutes=10)
    row = Segment.objects.create(answer=of, number=number, epoch=1, mime=mime, **fields)
    Segment.objects.filter(pk=row.pk).update(opened_at=begin)
    moment = begin
    for seq in range(pieces):
        moment += (EVERY if seq else timedelta(0)) + (timedelta(minutes=1) if seq == silent else timedelta(0))
        chunk = Chunk.objects.create(
            segment=row, seq=seq, bytes=24_000, sha256=f"{seq:064x}", stored_name="x"
        )
        Chunk.objects.filter(pk=chunk.pk).update(received_at=moment)
    row.refresh_from_db()
    return row


def recording(of: Segment, state: str = RecordingState.PLAYABLE, **fields: Any) -> Recording:
    """What was made of a segment."""
    if state == RecordingState.PLAYABLE:
        fields = {
            "stored_name": "plays/x.webm",
            "mime": "audio/webm",
            "bytes": 72_000,
            "seconds": 12.4,
        } | fields
    Answer.objects.filter(pk=of.answer_id).update(media=state)
    return Recording.objects.create(segment=of, state=state, **fields)


def discarded(of: Answer, number: int = 0, **fields: Any) -> Segment:
    """A take that the candidate replaced by another."""
    return segment(of, number, standing=Standing.DISCARDED, deletion_reason="discarded", **fields)
