"""A small OpenAI-compatible speech-to-text server: `says` is what it answers, `status` with what, `asked` what came.

While `waits` is not set nobody is answered.
"""

import json
import re
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.emulators.answering import Answering, reply

PATH, KEY, MODEL = "/v1/audio/transcriptions", "a-key-of-ours", "paraformer"
LONGEST_WAIT = 60.0
GOOD: dict[str, Any] = {
    "language": "zh",
    "duration": 4.0,
    "text": "我先听他说完,记下问题。",
    "segments": [
        {"start": 0.5, "end": 1.75, "text": "我先听他说完,", "avg_logprob": -0.1},
        {"start": 2.5, "end": 3.9, "text": "记下问题。", "avg_logprob": -1.2},
    ],
    "words": [{"start": 0.5, "end": 0.7, "word": "我"}, {"start": 2.5, "end": 2.9, "word": "记下"}],
}


class ListeningServer(Answering):
    """Refuses another key and another model; tells what was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.says: Any = GOOD
        self.status = 200
        self.waits.set()

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Notes the call, and answers what it was told to."""
        model = re.search(rb'name="model"\r\n\r\n(.*?)\r\n', body)
        name = re.search(rb'filename="(.*?)"', body)
        self.asked.append(
            {
                "path": handler.path,
                "model": model.group(1).decode() if model else None,
                "file": name.group(1).decode() if name else None,
                "bytes": len(body),
                "port": handler.client_address[1],
            }
        )
        self.waits.wait(LONGEST_WAIT)
        status = 401 if handler.headers["Authorization"] != f"Bearer {KEY}" else self.status
        content = self.says if isinstance(self.says, bytes) else json.dumps(self.says).encode()
        reply(handler, status, content)
