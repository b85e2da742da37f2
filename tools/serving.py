"""A server of our own making that answers while a with-block lasts, in a thread of its own."""

import socketserver
import threading
from typing import Self


class Serving:
    """Mixed into an emulator that has its server in `_server`."""

    _server: socketserver.TCPServer

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)
