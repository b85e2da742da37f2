"""An HTTP service of this machine that answers while a with-block lasts: whoever is one says what to each call."""

import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tools.serving import Serving


class Answering(Serving):
    """`asked` is what came. Whom an answer is held back from waits for `waits`; at the end nobody waits any more."""

    def __init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None:
                """Silent."""

            def do_POST(self) -> None:
                outer.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self.waits = threading.Event()
        self.asked: list[dict[str, Any]] = []

    def __exit__(self, *error: object) -> None:
        self.waits.set()
        super().__exit__(*error)

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Notes the call, and answers what it was told to."""
        raise NotImplementedError


def reply(handler: BaseHTTPRequestHandler, status: int, content: bytes) -> None:
    """The whole answer. Who asked may have been killed meanwhile."""
    with suppress(ConnectionError):
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


def drip(handler: BaseHTTPRequestHandler, until: threading.Event) -> None:
    """An answer that never ends to come: a byte every twentieth of a second, until nobody listens any more."""
    with suppress(ConnectionError):
        handler.send_response(200)
        handler.send_header("Content-Length", "400")
        handler.end_headers()
        for _byte in range(400):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            if until.wait(0.05):
                break
