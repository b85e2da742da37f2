"""A small OpenAI-compatible speech-to-text server: `says` is what it answers, `status` with what, `asked` what came.

While `answers` is not set nobody is answered.
"""

import json
import re
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

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


class ListeningServer:
    """Refuses another key and another model; tells what was sent."""

    def __init__(self) -> None:
        self.says: Any = GOOD
        self.status = 200
        self.asked: list[dict[str, Any]] = []
        self.answers = threading.Event()
        self.answers.set()

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None:
                """Silent."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.answer(self, body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.answers.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler: Any, body: bytes) -> None:
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
        self.answers.wait(LONGEST_WAIT)
        status = 401 if handler.headers["Authorization"] != f"Bearer {KEY}" else self.status
        content = self.says if isinstance(self.says, bytes) else json.dumps(self.says).encode()
        with suppress(ConnectionError):  # who asked may have been killed
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)
