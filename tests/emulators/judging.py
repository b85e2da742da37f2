"""A small OpenAI-compatible chat server that scores: `says` is what it answers, in turn; `asked` what came.

`says` holds strings (the message), dicts and bytes (the whole body), numbers (a status), or functions of what was
asked;
"silence" says nothing for long, "drops" a byte now and then.
"""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.emulators.answering import Answering, drip, reply

KEY, MODEL = "a-key-of-ours", "qwen-max"
PATH = "/v1/chat/completions"


def scores(asked: dict[str, Any], *, level: int | None = 4, quote: str | None = None) -> str:
    """A good answer: every competency on this level, quoting the beginning of the first answer."""
    first = asked["answers"][0]
    text = first["answer"][:6] if quote is None else quote
    quotes = [{"question": first["question"], "text": text}] if level else []
    return json.dumps(
        {
            "scores": [
                {
                    "competency": each["competency"], "level": level, "lowest": level, "highest": level,
                    "reason": "有具体例子", "quotes": quotes,
                }
                for each in asked["competencies"]
            ]
        },
        ensure_ascii=False,
    )  # fmt: skip


def obedient(asked: dict[str, Any]) -> str:
    """A model that does what an answer says to it, and knows no better."""
    ordered = any("满分" in each["answer"] or "level 5" in each["answer"] for each in asked["answers"])
    return scores(asked, level=5 if ordered else 2)


class JudgingServer(Answering):
    """Refuses another key; the last of `says` is answered from then on."""

    def __init__(self) -> None:
        super().__init__()
        self.says: list[Any] = [scores]
        self.model = MODEL

    def given(self, number: int = -1) -> dict[str, Any]:
        """What the model was given to score in this call."""
        return dict(json.loads(self.asked[number]["messages"][-1]["content"]))

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Notes the call, and answers what it was told to."""
        wanted = json.loads(body)
        says = self.says[min(len(self.asked), len(self.says) - 1)]
        self.asked.append(wanted)
        if says == "silence":
            self.waits.wait(20)
            return
        if says == "drops":
            drip(handler, self.waits)
            return
        if callable(says):
            says = _called(says, wanted)
        status, content = 200, b""
        if isinstance(says, int):
            status = says
        elif isinstance(says, bytes):
            content = says
        elif isinstance(says, dict):
            content = json.dumps(says).encode()
        else:
            message = {"role": "assistant", "content": says}
            usage = {"prompt_tokens": 1000, "completion_tokens": 200}
            whole = {"model": self.model, "choices": [{"message": message}], "usage": usage}
            content = json.dumps(whole).encode()
        if handler.headers["Authorization"] != f"Bearer {KEY}" or handler.path != PATH:
            status = 401
        reply(handler, status, content)


def _called(says: Callable[[dict[str, Any]], Any], body: dict[str, Any]) -> Any:
    return says(json.loads(body["messages"][-1]["content"]))
