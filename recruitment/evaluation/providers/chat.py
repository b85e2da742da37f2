"""Scores by a language model at an OpenAI-compatible address (`POST …/chat/completions`), with a strict schema."""

from typing import Any

import httpx

from recruitment.evaluation.providers import prompting
from recruitment.evaluation.providers.protocol import Health, NotNowError
from recruitment.evaluation.providers.scorers import Said, Scored

LATER = {408, 409, 425, 429}
# What does not fit is asked once more; then it is not scored.
MOST_CALLS = 2
MOST_TOKENS = 3000
LARGEST_ANSWER = 1024**2
NO_SCHEMA = {400, 422}


class RemoteScorer:
    """The model that `model` names at `url`. Answers leave the house: only with the candidate's consent."""

    sends_data_out = True

    def __init__(self, *, url: str, key: str, model: str, seconds: float) -> None:
        self._url, self._key, self.name = url.rstrip("/"), key, model
        self._timeout = httpx.Timeout(seconds, connect=min(10.0, seconds))

    def health(self) -> Health:
        """Whether address and model are set: not_configured."""
        missing = [
            name
            for name, value in (("HRSUITE_AI_URL", self._url), ("HRSUITE_AI_SCORING_MODEL", self.name))
            if not value
        ]
        return Health(
            works=not missing, code="not_configured" if missing else "", details={"missing": missing}
        )

    def score(self, said: Said) -> Scored:
        """The scores, each a level of the rubric with verified quotes, or not scored and why. Two calls at most.

        NotNowError: not_configured, unreachable, busy, service_failed, key_refused, request_refused.
        """
        if not self.health().works:
            raise NotNowError("not_configured")
        text, left_out = prompting.asked(said)
        messages = [
            {"role": "system", "content": prompting.INSTRUCTIONS},
            {"role": "user", "content": text},
        ]
        tokens_in = tokens_out = 0
        model, code = self.name, "answer_unreadable"
        for call in range(1, MOST_CALLS + 1):
            answer = self._asked(messages)
            tokens_in += _count(answer, "prompt_tokens")
            tokens_out += _count(answer, "completion_tokens")
            model = str(answer.get("model") or self.name)[:80]
            try:
                given = prompting.believed(_content(answer), said, method=method_of(model))
            except prompting.UnusableError as unusable:
                code = str(unusable)
                continue
            return Scored(tuple(given), model, prompting.PROMPT, call, tokens_in, tokens_out, left_out)
        nothing = prompting.nothing(said, code)
        return Scored(nothing, model, prompting.PROMPT, MOST_CALLS, tokens_in, tokens_out, left_out)

    def _asked(self, messages: list[dict[str, str]]) -> dict[str, Any]:
        """The service's answer; of one that knows no schema, with JSON alone."""
        schema = {"name": "scores", "strict": True, "schema": prompting.SCHEMA}
        wanted: dict[str, Any] = {"type": "json_schema", "json_schema": schema}
        status, answer = self._posted(messages, wanted)
        if status in NO_SCHEMA:
            status, answer = self._posted(messages, {"type": "json_object"})
        if status in {401, 403}:
            raise NotNowError("key_refused")
        if status in LATER:
            raise NotNowError("busy")
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise NotNowError("service_failed")
        if status != httpx.codes.OK:
            raise NotNowError("request_refused")
        return answer

    def _posted(self, messages: list[dict[str, str]], wanted: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        body = {
            "model": self.name,
            "messages": messages,
            "response_format": wanted,
            # As little chance as the service can do: the same stage is to get the same answer.
            "temperature": 0,
            "seed": 1,
            "max_tokens": MOST_TOKENS,
        }
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            with httpx.Client(timeout=self._timeout, trust_env=False) as client:
                answer = client.post(f"{self._url}/chat/completions", headers=headers, json=body)
        except httpx.HTTPError as error:
            raise NotNowError("unreachable") from error
        if answer.status_code != httpx.codes.OK or len(answer.content) > LARGEST_ANSWER:
            return answer.status_code, {}
        try:
            read = answer.json()
        except ValueError:
            return answer.status_code, {}
        return answer.status_code, read if isinstance(read, dict) else {}


def method_of(model: str) -> str:
    """How a score says what it comes from: the model that answered, and the prompt's version."""
    return f"llm:{model[:36]}/{prompting.PROMPT}"


def _content(answer: dict[str, Any]) -> str:
    try:
        return str(answer["choices"][0]["message"]["content"])
    except (KeyError, IndexError, TypeError):
        return ""


def _count(answer: dict[str, Any], name: str) -> int:
    used = answer.get("usage")
    value = used.get(name) if isinstance(used, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
