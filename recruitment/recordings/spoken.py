"""What was said to one question: the transcripts of its recordings as one, in the order in which they were made."""

from dataclasses import dataclass
from typing import Any

from recruitment.enums import TranscriptState
from recruitment.models import Answer


@dataclass(frozen=True, slots=True)
class Whole:
    """All that was said to a question. `segments` are pieces by the answer's own clock, without words' times."""

    text: str
    language: str
    model: str
    segments: list[dict[str, Any]]
    corrected_by: str | None
    measures: dict[str, float]


def whole(answer: Answer) -> Whole | None:
    """Of an answer read through `queries.answers_for`. None unless every one of its recordings is written down."""
    segments = list((answer.kept_from or answer).taken)  # type: ignore[attr-defined]
    recordings = [getattr(segment, "recording", None) for segment in segments]
    transcripts = [getattr(recording, "transcript", None) for recording in recordings]
    written = [one for one in transcripts if one is not None and one.state == TranscriptState.WRITTEN]
    if not segments or len(written) < len(segments):
        return None
    pieces, offset = [], 0.0
    for transcript in written:
        pieces += [
            {
                "from": round(piece["from"] + offset, 2),
                "to": round(piece["to"] + offset, 2),
                "text": piece["text"],
                "confidence": piece["confidence"],
            }
            for piece in transcript.shown
        ]
        offset += transcript.recording.seconds or 0.0
    names = [str(one.corrected_by) for one in written if one.corrected_by is not None]
    return Whole(
        text="\n".join(one.text for one in written),
        language=next((one.language for one in written if one.language), ""),
        model=written[0].model,
        segments=pieces,
        corrected_by=names[0] if names else None,
        # Of several recordings the figures cannot be added up: the wait for the first word is each one's own.
        measures=written[0].measures if len(written) == 1 else {},
    )
