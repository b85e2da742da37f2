"""The web's worker: one loop takes connections in and reads what arrives; a thread gets a request that is there.

gunicorn gives a thread to every connection on which a byte has come, and the thread then waits for the rest. Whoever
opens a few hundred connections and goes silent in the middle of a header or a body holds every thread, and the
heartbeats of candidates wait. Here a header, and a body of ordinary size, are read by the loop, under deadlines, and
cost a few kilobytes. Threads stand in lanes (see `lanes`), so that no kind of work takes another's. Closing is the
loop's too, and never waits.
"""

import resource
import socket
import ssl
import sys
import time
from collections import Counter, deque
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn import http
from gunicorn import sock as gunicorn_sock
from gunicorn.http.errors import NoMoreData
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from core.process import lanes, refusals
from core.process.lanes import Head, Lanes

HEAD_SECONDS = 15.0
BODY_SECONDS = 40.0
LEAVING_SECONDS = 2.0
TURN_SECONDS = 0.001
UNREAD_SECONDS = 0.5
# Between two pieces of a long body; a phone at 1 KB/s sends one many times in it.
SILENT_SECONDS = 20.0
# A long body has as long as it takes at this pace, and half a minute.
SLOWEST_BYTES_PER_SECOND = 8 * 1024
# A slow phone takes its time for an answer as well.
SENDING_SECONDS = 120.0
MOST_OF_ONE_ADDRESS = 200
AT_ONCE = 64
PIECE = 64 * 1024


class Connection(TConn):
    """One connection: what has arrived of its next request, and until when the rest may take."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.arrived = bytearray()
        self.head: Head | None = None
        self.deadline = 0.0
        self.is_secure = not self.cfg.is_ssl
        self.lane = lanes.STAFF


class _Unreader(SocketUnreader):
    """Reads the rest of a long body: never longer silent than SILENT_SECONDS, never past the deadline."""

    deadline = 0.0

    def chunk(self, size_hint: int | None = None) -> bytes:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the body took too long")
        self.sock.settimeout(min(left, SILENT_SECONDS))
        try:
            return super().chunk(size_hint)
        finally:
            self.sock.settimeout(SENDING_SECONDS)


class Worker(ThreadWorker):
    """A gthread worker whose threads only meet requests that are there."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.arriving: dict[Connection, None] = {}
        self.leaving: deque[Connection] = deque()
        self.of_address: Counter[str] = Counter()

    def init_process(self) -> None:
        """As many connections as the machine allows; and threads take turns quickly.

        A heartbeat lets go of the interpreter a dozen times on its way, and beside a page that is being drawn it waits
        a whole turn each time to get it back.
        """
        sys.setswitchinterval(TURN_SECONDS)
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        super().init_process()

    def get_thread_pool(self) -> Lanes:
        """The lanes in place of one pool."""
        return Lanes()

    # Taking in

    def accept(self, listener: socket.socket) -> None:
        """Take in those who wait. When there are too many, whoever has sat longest without a whole request goes."""
        for _ in range(AT_ONCE):
            try:
                client, address = listener.accept()
            except OSError:
                return
            conn = Connection(self.cfg, client, address, listener.getsockname())
            self.nr_conns += 1
            self.of_address[_name(conn)] += 1
            if self.of_address[_name(conn)] > MOST_OF_ONE_ADDRESS and not lanes.is_proxy(_name(conn)):
                self._close(conn)
                continue
            if self.nr_conns >= self.worker_connections - AT_ONCE and self.arriving:
                self._close(next(iter(self.arriving)))
            self._expect(conn, HEAD_SECONDS)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections in, or not. A stopping worker answers those that the machine has let in already, and then
        nobody is let in any more: left open, the door would stand until the last answer under way is out, and whoever
        came through it meanwhile would be cut off instead of sent to the next machine.
        """
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            before = -1
            while before != self.nr_conns:
                before = self.nr_conns
                self.accept(listener)
            listener.close()

    def _expect(self, conn: Connection, seconds: float) -> None:
        """Wait for the next request on this connection, or for the rest of it."""
        conn.deadline = time.monotonic() + seconds
        conn.head = None
        self.arriving[conn] = None
        try:
            if not conn.is_secure and not isinstance(conn.sock, ssl.SSLSocket):
                conn.sock = gunicorn_sock.ssl_wrap_socket(conn.sock, self.cfg)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, lanes.READ, partial(self._on_arriving, conn))
        except (OSError, ValueError):
            self._close(conn)
            return
        # It may all be here already, read ahead or decrypted: then the socket says nothing more.
        self._on_arriving(conn)

    def _on_arriving(self, conn: Connection, _sock: Any = None) -> None:
        if conn not in self.arriving:
            return
        try:
            if not conn.is_secure:
                conn.sock.do_handshake()
                conn.is_secure = True
                self.poller.modify(conn.sock, lanes.READ, partial(self._on_arriving, conn))
            while len(conn.arrived) < lanes.LONGEST_HEAD + lanes.LONGEST_WAITED:
                piece = conn.sock.recv(PIECE)
                if not piece:
                    self._close(conn)
                    return
                conn.arrived += piece
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        except ssl.SSLWantWriteError:
            self.poller.modify(conn.sock, lanes.READ | lanes.WRITE, partial(self._on_arriving, conn))
        except (OSError, ValueError):
            self._close(conn)
            return
        self._judge(conn)

    def _judge(self, conn: Connection) -> None:
        """Hand the request to a thread when it is whole, or so long that a thread has to read it."""
        if conn.head is None:
            conn.head = Head.of(conn.arrived)
            if conn.head is None:
                if len(conn.arrived) > lanes.LONGEST_HEAD:
                    self._refuse(conn, refusals.TOO_LARGE, Head.cut_off(conn.arrived))
                    self._leave(conn)
                return
            conn.deadline = time.monotonic() + BODY_SECONDS
        if conn.head.is_whole(len(conn.arrived)):
            self._hand_over(conn, conn.head)

    def _hand_over(self, conn: Connection, head: Head) -> None:
        del self.arriving[conn]
        self.poller.unregister(conn.sock)
        conn.sock.settimeout(SENDING_SECONDS)
        if conn.parser is None:
            conn.parser = http.get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = _Unreader(conn.sock)
        conn.parser.unreader.deadline = time.monotonic() + 30 + head.length / SLOWEST_BYTES_PER_SECOND
        conn.parser.unreader.unread(bytes(conn.arrived))
        conn.arrived = bytearray()
        conn.lane = head.lane
        self.enqueue_req(conn)

    # Serving

    def enqueue_req(self, conn: Connection) -> None:
        """To a thread of its lane."""
        future = self.tpool.submit(conn.lane, self.handle, conn)
        future.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def handle(self, conn: Connection) -> bool:
        """Answer one request, in a thread; whether the connection may carry another."""
        request = None
        try:
            request = next(conn.parser)
            if not request:
                return False
            keep = self.handle_request(request, conn)
            # A body that nobody read is not waited for: without it the connection carries no other request.
            conn.parser.unreader.deadline = time.monotonic() + UNREAD_SECONDS
            return bool(self._keepalive_after(conn, keep))
        except (NoMoreData, StopIteration, OSError) as error:
            self.log.debug("a connection broke off: %s", error)
        except Exception as error:  # noqa: BLE001 -- what its parser refuses, and what the application did not catch
            self._failed(conn, error)
        return False

    def _failed(self, conn: Connection, error: Exception) -> None:
        status = refusals.status_of(error)
        if status == refusals.FAILED:
            self.log.error("a request was not answered", exc_info=error)
        else:
            self.log.warning("a request from %s was refused: %s", _name(conn), type(error).__name__)
        self._refuse(conn, status, conn.head)

    def _refuse(self, conn: Connection, status: int, head: Head | None) -> None:
        """Answer in our own words; who does not read it is not waited for."""
        with suppress(OSError):
            conn.sock.send(refusals.answer(status, head))

    def finish_request(self, conn: Connection, future: "Future[bool]") -> None:
        """Back in the loop: the next request on this connection, or its end."""
        keep = not future.cancelled() and future.exception() is None and future.result()
        if keep and self.alive:
            conn.arrived = bytearray(conn.parser.unreader.take_buffered())
            self._expect(conn, float(self.cfg.keepalive))
        else:
            self._leave(conn)

    # Ending

    def _leave(self, conn: Connection) -> None:
        """Say that nothing more comes, and let the other side take its time to read, without waiting for it."""
        self._unregister(conn)
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, lanes.READ, partial(self._on_leaving, conn))
        except (OSError, ValueError):
            self._close(conn)
            return
        conn.deadline = time.monotonic() + LEAVING_SECONDS
        self.leaving.append(conn)

    def _on_leaving(self, conn: Connection, _sock: Any = None) -> None:
        try:
            if conn.sock.recv(PIECE):
                return
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except (OSError, ValueError):
            pass
        self._close(conn)

    def _unregister(self, conn: Connection) -> None:
        self.arriving.pop(conn, None)
        with suppress(KeyError, ValueError, OSError):
            self.poller.unregister(conn.sock)

    def _close(self, conn: Connection) -> None:
        self._unregister(conn)
        with suppress(ValueError):
            self.leaving.remove(conn)
        self.nr_conns -= 1
        name = _name(conn)
        self.of_address[name] -= 1
        if self.of_address[name] <= 0:
            del self.of_address[name]
        with suppress(OSError):
            conn.sock.close()

    def murder_pending(self) -> None:
        """Close those whose time is over; the loop calls this once a second and after every event."""
        now = time.monotonic()
        if now < self._looked_at + 0.5:
            return
        self._looked_at = now
        for conn in [*self.arriving, *self.leaving]:
            if conn.deadline < now:
                self._close(conn)

    _looked_at = 0.0

    def _cap_keepalive(self, deadline: float) -> None:
        """A stopping worker waits for no request that has not begun."""
        for conn in self.arriving:
            if not conn.arrived:
                conn.deadline = min(conn.deadline, deadline)


def _name(conn: Connection) -> str:
    return str(conn.client[0]) if isinstance(conn.client, tuple) and conn.client else ""
