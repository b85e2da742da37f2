"""Speech to text at an OpenAI-compatible address (`POST …/audio/transcriptions`): FunASR, vLLM, speaches and others."""

import math
from pathlib import Path
from typing import Any

import httpx

from recruitment.evaluation.providers.protocol import Health, NotNowError, Piece, UnheardError, Word, Written

# Of a recording of half an hour; connecting is quick or not at all.
TIMEOUT = httpx.Timeout(600, connect=10)
LARGEST_ANSWER = 16 * 1024**2
LATER = {408, 409, 425, 429}


class RemoteWhisper:
    """The model that `model` names at `url`. Recordings leave the house: only with the candidate's consent."""

    sends_data_out = True

    def __init__(self, *, url: str, key: str, model: str) -> None:
        self._url, self._key, self.name = url.rstrip("/"), key, model

    def health(self) -> Health:
        """Whether address and model are set: not_configured."""
        missing = [
            name
            for name, value in (("HRSUITE_AI_URL", self._url), ("HRSUITE_AI_TRANSCRIPTION_MODEL", self.name))
            if not value
        ]
        return Health(
            works=not missing, code="not_configured" if missing else "", details={"missing": missing}
        )

    def transcribe(self, recording: Path) -> Written:
        """What is said in it. NotNowError: not_configured, unreachable, busy, service_failed, key_refused.

        UnheardError: recording_refused (the service does not take this file), answer_unreadable.
        """
        if not self.health().works:
            raise NotNowError("not_configured")
        return _written(self._asked(recording), model=self.name)

    def _asked(self, recording: Path) -> Any:
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        form = {
            "model": self.name,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["segment", "word"],
        }
        try:
            with recording.open("rb") as content, httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
                answer = client.post(
                    f"{self._url}/audio/transcriptions",
                    headers=headers,
                    data=form,
                    # A name of ours, not the candidate's.
                    files={"file": (f"recording{recording.suffix}", content)},
                )
        except httpx.HTTPError as error:
            raise NotNowError("unreachable") from error
        if answer.status_code in {401, 403}:
            raise NotNowError("key_refused")
        if answer.status_code in LATER:
            raise NotNowError("busy")
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise NotNowError("service_failed")
        if not answer.is_success:
            raise UnheardError("recording_refused")
        if len(answer.content) > LARGEST_ANSWER:
            raise UnheardError("answer_unreadable")
        try:
            return answer.json()
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
    except (KeyError, TypeError, ValueError, AttributeError):
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
