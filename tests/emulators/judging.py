"""A small OpenAI-compatible chat server that scores: `says` is what it answers, in turn; `asked` what came.

`says` holds strings (the message), dicts (the whole body), numbers (a status), or functions of what was asked.
"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

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


class JudgingServer:
    """Refuses another key; the last of `says` is answered from then on."""

    def __init__(self) -> None:
        self.says: list[Any] = [scores]
        self.model = MODEL
        self.waits = threading.Event()
        self.asked: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None:
                """Silent."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.answer(self, json.loads(body))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.waits.set()
        self.server.shutdown()
        self.server.server_close()

    def given(self, number: int = -1) -> dict[str, Any]:
        """What the model was given to score in this call."""
        return dict(json.loads(self.asked[number]["messages"][-1]["content"]))

    def answer(self, handler: Any, body: dict[str, Any]) -> None:
        """Notes the call, and answers what it was told to."""
        says = self.says[min(len(self.asked), len(self.says) - 1)]
        self.asked.append(body)
        if says == "silence":
            self.waits.wait(20)
            return
        if callable(says):
            says = _called(says, body)
        status, content = 200, b""
        if isinstance(says, int):
            status = says
        elif isinstance(says, dict):
            content = json.dumps(says).encode()
        else:
            message = {"role": "assistant", "content": says}
            usage = {"prompt_tokens": 1000, "completion_tokens": 200}
            whole = {"model": self.model, "choices": [{"message": message}], "usage": usage}
            content = json.dumps(whole).encode()
        if handler.headers["Authorization"] != f"Bearer {KEY}" or handler.path != PATH:
            status = 401
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


def _called(says: Callable[[dict[str, Any]], Any], body: dict[str, Any]) -> Any:
    return says(json.loads(body["messages"][-1]["content"]))
