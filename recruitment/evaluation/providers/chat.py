"""Scores by a language model at an OpenAI-compatible address (`POST …/chat/completions`), with a strict schema."""

from typing import Any

import httpx

from recruitment.evaluation.providers import prompting
from recruitment.evaluation.providers.asking import Service
from recruitment.evaluation.providers.protocol import NotNowError
from recruitment.evaluation.providers.scorers import Said, Scored

# What does not fit is asked once more; then it is not scored.
MOST_CALLS = 2
MOST_TOKENS = 3000
LARGEST_ANSWER = 1024**2
NO_SCHEMA = {400, 422}


class RemoteScorer(Service):
    """Answers leave the house: only with the candidate's consent."""

    model_setting = "HRSUITE_AI_SCORING_MODEL"

    def score(self, said: Said) -> Scored:
        """The scores, each a level of the rubric with verified quotes, or not scored and why. Two calls at most.

        NotNowError: not_configured, unreachable, busy, service_failed, key_refused, request_refused.
        """
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
        answer = self._posted(messages, wanted)
        if answer.status_code in NO_SCHEMA:
            answer = self._posted(messages, {"type": "json_object"})
        if answer.status_code != httpx.codes.OK:
            raise NotNowError("request_refused")
        if len(answer.content) > LARGEST_ANSWER:
            return {}
        try:
            read = answer.json()
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}

    def _posted(self, messages: list[dict[str, str]], wanted: dict[str, Any]) -> httpx.Response:
        body = {
            "model": self.name,
            "messages": messages,
            "response_format": wanted,
            # As little chance as the service can do: the same stage is to get the same answer.
            "temperature": 0,
            "seed": 1,
            "max_tokens": MOST_TOKENS,
        }
        return self.post("chat/completions", json=body)


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
