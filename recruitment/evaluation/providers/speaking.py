"""Text to speech at an OpenAI-compatible address (`POST …/audio/speech`): of questions, never of anybody's words."""

import httpx

from recruitment.evaluation.providers.asking import Service
from recruitment.evaluation.providers.protocol import UnspokenError

TIMEOUT_SECONDS = 60.0
LARGEST_ANSWER = 16 * 1024**2


class RemoteSpeaker(Service):
    """A question's words leave the house; nothing of a candidate does."""

    model_setting = "HRSUITE_AI_SPEECH_MODEL"

    def __init__(
        self, *, url: str, key: str, model: str, voice: str, seconds: float = TIMEOUT_SECONDS
    ) -> None:
        super().__init__(url=url, key=key, model=model, seconds=seconds)
        self._voice = voice

    def speak(self, words: str) -> bytes:
        """NotNowError: not_configured, unreachable, busy, service_failed, key_refused. UnspokenError: words_refused,
        answer_unreadable."""
        body = {"model": self.name, "input": words, "response_format": "mp3"}
        answer = self.post("audio/speech", json=body | ({"voice": self._voice} if self._voice else {}))
        if answer.status_code != httpx.codes.OK:
            raise UnspokenError("words_refused")
        if not 0 < len(answer.content) <= LARGEST_ANSWER:
            raise UnspokenError("answer_unreadable")
        return answer.content
