"""Speech to text at an OpenAI-compatible address (`POST …/audio/transcriptions`): FunASR, vLLM, speaches and others."""

import math
from pathlib import Path
from typing import Any

from recruitment.evaluation.providers.asking import Service, as_json
from recruitment.evaluation.providers.protocol import Piece, UnheardError, Word, Written

# Of a recording of half an hour; connecting is quick or not at all.
TIMEOUT_SECONDS = 600.0
LARGEST_ANSWER = 16 * 1024**2


class RemoteWhisper(Service):
    """Recordings leave the house: only with the candidate's consent."""

    model_setting = "HRSUITE_AI_TRANSCRIPTION_MODEL"

    def __init__(self, *, url: str, key: str, model: str) -> None:
        super().__init__(url=url, key=key, model=model, seconds=TIMEOUT_SECONDS)

    def transcribe(self, recording: Path) -> Written:
        """What is said in it. NotNowError: not_configured, unreachable, busy, service_failed, key_refused.

        UnheardError: recording_refused (the service does not take this file), answer_unreadable.
        """
        form = {
            "model": self.name,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["segment", "word"],
        }
        with recording.open("rb") as content:
            # A name of ours, not the candidate's.
            files = {"file": (f"recording{recording.suffix}", content)}
            answer = self.post("audio/transcriptions", data=form, files=files)
        if not answer.is_success:
            raise UnheardError("recording_refused")
        if len(answer.content) > LARGEST_ANSWER:
            raise UnheardError("answer_unreadable")
        try:
            return _written(as_json(answer.content), model=self.name)
        except ValueError:
            raise UnheardError("answer_unreadable") from None


def _written(answer: Any, *, model: str) -> Written:
    """The answer as one of ours. Anything that is not of its shape is unreadable, never half taken."""
    try:
        words = [_word(each) for each in answer.get("words") or []]
        pieces = [_piece(each, words) for each in answer.get("segments") or []]
        if not pieces and str(answer["text"]).strip():
            pieces = [Piece(0.0, _seconds(answer["duration"]), str(answer["text"]).strip())]
        return Written(
            language=str(answer.get("language") or "")[:20],
            model=model,
            seconds=_seconds(answer["duration"]),
            pieces=tuple(piece for piece in pieces if piece.text),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise UnheardError("answer_unreadable") from None


def _piece(each: dict[str, Any], words: list[Word]) -> Piece:
    start, end = _seconds(each["start"]), _seconds(each["end"])
    sure = each.get("avg_logprob")
    return Piece(
        start,
        end,
        str(each["text"]).strip(),
        None if sure is None else min(1.0, math.exp(float(sure))),
        tuple(word for word in words if start <= word.start < end),
    )


def _word(each: dict[str, Any]) -> Word:
    return Word(_seconds(each["start"]), _seconds(each["end"]), str(each["word"]))


def _seconds(value: Any) -> float:
    seconds = float(value)
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError
    return seconds
