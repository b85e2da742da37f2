"""Which thread answers which request: lanes of their own, so that no kind of work takes the threads of another.

The room's lane is never full of anything but the room. The staff's is narrow: a search that runs for seconds, or a
crowd of sign-ins, holds a few threads and as many connections to the database, and the rest of both is left. What is
long to send or to read (recordings, files, pictures) has threads that may sit; long bodies from outside the room have
few of their own.
"""

import ipaddress
import selectors
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from core.env import named

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
ROOM, STAFF, BULK, OUTSIDE = "room", "staff", "bulk", "outside"
# Of each worker. A thread that waits for bytes costs 40 KB and no processor; a hundred slow phones may come to one.
THREADS = {ROOM: 32, STAFF: 10, BULK: 128, OUTSIDE: 16}
_FIRST = (b"/room/", b"/i/", b"/continue", b"/ping", b"/healthz", b"/readyz")
_LONG = (b"/static/", b"/recordings/")
# Who asks here waits a second, and never for the staff.
_OUTSIDE = (b"/hooks/",)
LONGEST_HEAD = 32 * 1024
# A body of this size is waited for; a longer one is read by a thread that may sit, at its sender's pace.
LONGEST_WAITED = 32 * 1024
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Head:
    """What the loop has to know of a request. Whether it is a proper one, is for gunicorn's parser to say."""

    path: bytes
    size: int
    length: int
    is_open_ended: bool
    wants_json: bool = False
    languages: str = ""

    @classmethod
    def of(cls, arrived: bytearray) -> "Head | None":
        """Read from what has arrived; None while the end of the header has not."""
        end = arrived.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, *lines = bytes(arrived[:end]).split(b"\r\n")
        parts = first.split(b" ")
        length, is_open_ended, accepts, languages = 0, False, b"", b""
        for line in lines:
            name, _colon, value = line.partition(b":")
            match name.strip().lower():
                case b"content-length":
                    digits = value.strip()
                    if digits.isdigit() and len(digits) <= _MOST_DIGITS:
                        length = max(length, int(digits))
                    else:
                        is_open_ended = True
                case b"accept":
                    accepts = value
                case b"accept-language":
                    languages = value
                case b"transfer-encoding" | b"expect" | b"upgrade":
                    # How long it is shows while it is read; or it is only sent once we have answered.
                    is_open_ended = True
        path = parts[1] if len(parts) > 1 else b""
        wants_json = b"json" in accepts and b"text/html" not in accepts
        return cls(path, end + 4, length, is_open_ended, wants_json, languages.decode("latin-1").strip())

    @classmethod
    def cut_off(cls, arrived: bytearray) -> "Head":
        """What can be said of one whose end has not come, and is not waited for."""
        lines = bytes(arrived[:LONGEST_HEAD]).rpartition(b"\r\n")[0]
        return cls.of(bytearray(lines + b"\r\n\r\n")) or cls(b"", 0, 0, is_open_ended=True)

    @property
    def is_long(self) -> bool:
        """Whether a thread reads the body."""
        return self.is_open_ended or self.length > LONGEST_WAITED

    @property
    def lane(self) -> str:
        """Whose threads answer it."""
        is_first = self.path.startswith(_FIRST)
        if self.is_long:
            return BULK if is_first else OUTSIDE
        if self.path.startswith(_LONG):
            return BULK
        if self.path.startswith(_OUTSIDE):
            return OUTSIDE
        return ROOM if is_first else STAFF

    def is_whole(self, arrived: int) -> bool:
        """Whether a thread may have it."""
        return self.is_long or arrived >= self.size + self.length


class Lanes:
    """The threads of one worker."""

    threads: ClassVar[dict[str, int]] = THREADS

    def __init__(self) -> None:
        self._pools = {name: ThreadPoolExecutor(count, name) for name, count in self.threads.items()}

    def submit(self, lane: str, work: Callable[..., Any], *args: Any) -> "Future[Any]":
        """Have it done by the lane's next free thread."""
        return self._pools[lane].submit(work, *args)

    def shutdown(self, wait: bool = True) -> None:
        """End them all."""
        for pool in self._pools.values():
            pool.shutdown(wait=wait, cancel_futures=not wait)


@lru_cache(maxsize=4096)
def is_proxy(address: str) -> bool:
    """Whether many people stand behind this address by our own doing: this machine's proxy, and HRSUITE_PROXIES."""
    try:
        found = ipaddress.ip_address(address)
        networks = [ipaddress.ip_network(each, strict=False) for each in named("HRSUITE_PROXIES")]
    except ValueError:
        return False
    return found.is_loopback or any(found in network for network in networks)
