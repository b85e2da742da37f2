"""A small OpenAI-compatible service that speaks: `says` is what it answers, in turn; `asked` what came.

`says` holds bytes (the whole body) and numbers (a status); the last is answered from then on.
"""

import json
from http.server import BaseHTTPRequestHandler

from tests.emulators.answering import Answering, reply

KEY, MODEL = "a-key-of-ours", "speech-model"


class SpeakingServer(Answering):
    """Refuses another key."""

    def __init__(self, *says: bytes | int) -> None:
        super().__init__()
        self.says = list(says)

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Notes the call, and answers what it was told to."""
        self.asked.append({"path": handler.path, **json.loads(body)})
        says = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if handler.headers["Authorization"] != f"Bearer {KEY}":
            says = 401
        reply(handler, says if isinstance(says, int) else 200, b"{}" if isinstance(says, int) else says)
