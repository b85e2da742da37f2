"""Scores by a language model at an OpenAI-compatible address (`POST …/chat/completions`), with a strict schema."""

from typing import Any

import httpx

from recruitment.evaluation.providers import prompting
from recruitment.evaluation.providers.asking import Chat, as_json, content_of, conversation, strictly
from recruitment.evaluation.providers.protocol import NotNowError
from recruitment.evaluation.providers.scorers import Said, Scored

# What does not fit is asked once more; then it is not scored.
MOST_CALLS = 2
MOST_TOKENS = 3000
LARGEST_ANSWER = 1024**2
NO_SCHEMA = {400, 422}
# More tokens than this no call takes: such a count is none.
MOST_COUNTED = 10_000_000


class RemoteScorer(Chat):
    """The scores of a stage."""

    def score(self, said: Said) -> Scored:
        """The scores, each a level of the rubric with verified quotes, or not scored and why. Two calls at most.

        NotNowError: not_configured, unreachable, busy, service_failed, key_refused, request_refused.
        """
        text, left_out = prompting.asked(said)
        messages = conversation(prompting.INSTRUCTIONS, text)
        tokens_in = tokens_out = 0
        model, code = self.name, "answer_unreadable"
        for call in range(1, MOST_CALLS + 1):
            answer = self._asked(messages)
            tokens_in += _count(answer, "prompt_tokens")
            tokens_out += _count(answer, "completion_tokens")
            model = str(answer.get("model") or self.name)[:80]
            try:
                given = prompting.believed(content_of(answer), said, method=method_of(model))
            except prompting.UnusableError as unusable:
                code = str(unusable)
                continue
            return Scored(tuple(given), model, prompting.PROMPT, call, tokens_in, tokens_out, left_out)
        nothing = prompting.nothing(said, code)
        return Scored(nothing, model, prompting.PROMPT, MOST_CALLS, tokens_in, tokens_out, left_out)

    def _asked(self, messages: list[dict[str, str]]) -> dict[str, Any]:
        """The service's answer; of one that knows no schema, with JSON alone."""
        answer = self.say(messages, wanted=strictly("scores", prompting.SCHEMA), most_tokens=MOST_TOKENS)
        if answer.status_code in NO_SCHEMA:
            answer = self.say(messages, wanted={"type": "json_object"}, most_tokens=MOST_TOKENS)
        if answer.status_code != httpx.codes.OK:
            raise NotNowError("request_refused")
        if len(answer.content) > LARGEST_ANSWER:
            return {}
        try:
            read = as_json(answer.content)
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


def method_of(model: str) -> str:
    """How a score says what it comes from: the model that answered, and the prompt's version."""
    return f"llm:{model[:36]}/{prompting.PROMPT}"


def _count(answer: dict[str, Any], name: str) -> int:
    used = answer.get("usage")
    value = used.get(name) if isinstance(used, dict) else None
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 < value <= MOST_COUNTED else 0
