"""A small OpenAI-compatible service of vectors: `says` is what it answers, in turn; `asked` what came.

`says` holds functions of the texts, bytes (the whole body) and numbers (a status); the last is answered from then on.
"""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.emulators.answering import Answering, reply

KEY, MODEL = "a-key-of-ours", "text-embedding"
SIZE = 512


def alike(texts: list[str]) -> list[list[float]]:
    """Texts are as alike as the characters that they have in common."""
    return [
        [float(sum(ord(each) % SIZE == place for each in text)) for place in range(SIZE)] for text in texts
    ]


class EmbeddingServer(Answering):
    """Refuses another key. The vectors come in another order than the texts, as the protocol allows."""

    def __init__(self) -> None:
        super().__init__()
        self.says: list[Any] = [alike]
        self.waits.set()

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Notes the call, and answers what it was told to."""
        wanted = json.loads(body)
        self.asked.append({"path": handler.path, **wanted})
        self.waits.wait(30)
        says = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        status = 401 if handler.headers["Authorization"] != f"Bearer {KEY}" else 200
        content = b"{}"
        if isinstance(says, int):
            status = says
        elif isinstance(says, bytes):
            content = says
        else:
            rows = [{"index": at, "embedding": row} for at, row in enumerate(says(wanted["input"]))]
            content = json.dumps({"data": rows[::-1]}).encode()
        reply(handler, status, content)
