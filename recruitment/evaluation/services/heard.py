"""The words of answers that were only spoken: from their transcripts, as drafts or as a reviewer corrected them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from recruitment.enums import Standing, TranscriptState
from recruitment.evaluation.rubric import CORRECTED, DRAFT, Spoken
from recruitment.models import Answer, Checkpoint, Segment, Transcript


def words_of(answers: Collection[Answer]) -> dict[int, tuple[str, Spoken]]:
    """By question, the text and where each of its pieces is heard. One query; none for no answers.

    An answer is there only when all of its recordings are written down and something was heard in them: what is said in
    the rest, or that nothing is said in it, only a person can tell.
    """
    if not answers:
        return {}
    by_answer: dict[int, list[Segment]] = {}
    segments = Segment.objects.filter(
        answer__in=[answer.kept_from_id or answer.pk for answer in answers], standing=Standing.TAKEN
    )
    for segment in segments.select_related("recording__transcript").order_by("answer_id", "number"):
        by_answer.setdefault(segment.answer_id, []).append(segment)
    found = {}
    for answer in answers:
        transcripts = [_written(segment) for segment in by_answer.get(answer.kept_from_id or answer.pk, [])]
        written = [each for each in transcripts if each is not None]
        if written and len(written) == len(transcripts) and (said := _said(written)) is not None:
            found[answer.question_id] = said
    return found


def corrected_in(interview_id: int, attempt: int) -> "QuerySet[Transcript]":
    """What was written down of an attempt, kept answers included, and corrected by somebody at any time."""
    given = Answer.objects.filter(interview=interview_id, attempt=attempt)
    said = given.annotate(source=Coalesce("kept_from", "pk")).values("source")
    return Transcript.objects.filter(
        recording__segment__answer__in=said, state=TranscriptState.WRITTEN, corrections__isnull=False
    ).order_by("pk")


def heed(checkpoint: Checkpoint, *, at: datetime) -> None:
    """Note that the scores of a stage rest on its words as they stood at this moment."""
    said = corrected_in(checkpoint.interview_id, checkpoint.attempt)
    of_stage = said.filter(recording__segment__answer__question__stage=checkpoint.stage_id)
    of_stage.filter(scored_at__lt=at).update(scored_at=at)


def _written(segment: Segment) -> Transcript | None:
    recording: Any = getattr(segment, "recording", None)
    transcript: Transcript | None = getattr(recording, "transcript", None)
    return transcript if transcript is not None and transcript.state == TranscriptState.WRITTEN else None


def _said(transcripts: list[Transcript]) -> tuple[str, Spoken] | None:
    lines: list[str] = []
    at: list[tuple[int, int, float]] = []
    place = 0
    for transcript in transcripts:
        for piece in transcript.shown:
            text = str(piece["text"]).strip()
            if text:
                lines.append(text)
                at.append((place, transcript.recording_id, float(piece["from"])))
                place += len(text) + 1
    if not lines:
        return None
    is_corrected = all(transcript.corrected is not None for transcript in transcripts)
    return "\n".join(lines), Spoken(CORRECTED if is_corrected else DRAFT, tuple(at))
