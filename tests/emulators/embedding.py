"""A small OpenAI-compatible service of vectors: `says` is what it answers, in turn; `asked` what came.

`says` holds functions of the texts, bytes (the whole body) and numbers (a status); the last is answered from then on.
"""

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

KEY, MODEL = "a-key-of-ours", "text-embedding"
SIZE = 512


def alike(texts: list[str]) -> list[list[float]]:
    """Texts are as alike as the characters that they have in common."""
    return [
        [float(sum(ord(each) % SIZE == place for each in text)) for place in range(SIZE)] for text in texts
    ]


class EmbeddingServer:
    """Refuses another key. The vectors come in another order than the texts, as the protocol allows."""

    def __init__(self) -> None:
        self.says: list[Any] = [alike]
        self.waits = threading.Event()
        self.waits.set()
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

    def answer(self, handler: Any, body: dict[str, Any]) -> None:
        """Notes the call, and answers what it was told to."""
        self.asked.append({"path": handler.path, **body})
        self.waits.wait(30)
        says = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        status = 401 if handler.headers["Authorization"] != f"Bearer {KEY}" else 200
        content = b"{}"
        if isinstance(says, int):
            status = says
        elif isinstance(says, bytes):
            content = says
        else:
            rows = [{"index": at, "embedding": row} for at, row in enumerate(says(body["input"]))]
            content = json.dumps({"data": rows[::-1]}).encode()
        with suppress(ConnectionError):
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)
