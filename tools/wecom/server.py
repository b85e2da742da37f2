"""The emulator's HTTP: one thread for each connection, and the faults that are due instead of an answer."""

import json
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from tools.wecom import hands
from tools.wecom.faults import Trickle, truncated
from tools.wecom.pages import PAGES
from tools.wecom.world import Call

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    emulator: "WeComEmulator"

    def handle_error(self, *_: object) -> None:
        """A client that hung up is what many tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _serve(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        call = Call(parts.path.removeprefix("/cgi-bin/"), dict(parse_qsl(parts.query)), body)
        emulator = self.server.emulator
        if parts.path.startswith(hands.PLACE):
            self._reply(*hands.answered(emulator, call, self.headers.get("X-Phone-Key", "")))
            return
        fault = emulator.arrived(call)
        if fault is None and parts.path in PAGES:
            status, headers, page = PAGES[parts.path](emulator, call.query)
            self._reply(status, page, headers)
            return
        if fault is None and (kept := emulator.file(call)) is not None:
            named = ("Content-Disposition", f'attachment; filename="{kept.name}"')
            self._reply(200, kept.content, (("Content-Type", "application/octet-stream"), named))
            return
        if fault is None:
            self._reply(200, json.dumps(emulator.answer(call)).encode())
            return
        answer = emulator.answer(call) if fault.takes_it else {}
        if fault.hang_seconds:
            time.sleep(fault.hang_seconds)
        if fault.reset:
            self._reset()
        elif fault.trickle is not None:
            self._trickle(fault.trickle)
        elif fault.shorten:
            self._reply(200, truncated(json.dumps(answer).encode()))
        elif fault.merge is not None:
            self._reply(200, json.dumps({**answer, **fault.merge}).encode())
        else:
            self._reply(fault.status, fault.body, fault.headers)

    def _reset(self) -> None:
        # A linger of zero makes the close a reset; the socket closes with its last file.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def _reply(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self, trickle: Trickle) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        until = time.monotonic() + trickle.seconds
        while time.monotonic() < until:
            self.wfile.write(b" ")
            time.sleep(trickle.pause)
        self.close_connection = True
