"""Who has gone away waits for no answer: a read that nobody hears keeps the database busy no longer.

Only statements of requests that read are watched. What writes is finished: nobody knows how far a step has come.
"""

import select
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import psycopg

# A statement that takes less is not worth a look.
PATIENCE_SECONDS = 0.3
_CANCEL_SECONDS = 2.0
# The other side has closed, whatever it had sent before.
_CLOSED = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


class Watch:
    """One request's connections: to whoever asked, and to the database while a statement runs there."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._lock = threading.Lock()
        self._running: psycopg.Connection[Any] | None = None
        self._since = 0.0

    def begin(self, connection: "psycopg.Connection[Any]") -> None:
        """A statement begins on this connection."""
        with self._lock:
            self._running, self._since = connection, time.monotonic()

    def end(self) -> None:
        """It is over. Whoever is about to cancel it has done so before: no later statement is hit."""
        with self._lock:
            self._running = None

    def look(self) -> None:
        """Cancel the statement if it takes long and nobody is there to hear what it finds."""
        with self._lock:
            if self._running is None or time.monotonic() - self._since < PATIENCE_SECONDS:
                return
            if has_hung_up(self._sock):
                with suppress(psycopg.Error):
                    self._running.cancel_safe(timeout=_CANCEL_SECONDS)


class _Watcher:
    """One thread of each process that looks after all of them; it sleeps while there is none."""

    def __init__(self) -> None:
        self._watches: set[Watch] = set()
        self._any = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, watch: Watch) -> None:
        """Look after it until it is removed."""
        with self._lock:
            self._watches.add(watch)
            self._any.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hangups", daemon=True)
                self._thread.start()

    def remove(self, watch: Watch) -> None:
        """The request is over."""
        with self._lock:
            self._watches.discard(watch)

    def _run(self) -> None:
        while True:
            self._any.wait()
            time.sleep(PATIENCE_SECONDS)
            with self._lock:
                watches = list(self._watches)
                if not watches:
                    self._any.clear()
            for watch in watches:
                watch.look()


watcher = _Watcher()


def has_hung_up(sock: socket.socket) -> bool:
    """Whether the other side has closed the connection; what it sent may still lie there unread."""
    poll = select.poll()
    try:
        poll.register(sock, _CLOSED)
    except (ValueError, OSError):
        return True
    return bool(poll.poll(0))
