"""How often one link may write: counted in the memory of this process, without a query.

Never per address, since many candidates share one; only wrong codes are, because whoever guesses has no link yet.
"""

import ipaddress
import threading
import time

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.errors import DomainError

WINDOW = 60.0
WRITES = 240
READS = 240
# Fifteen slices a minute while recording; a queue of ten minutes is drained in one.
CHUNKS = 400
EXCHANGES = 30
# Guesses at a code for another device; the arithmetic stands in recruitment.services.handovers.
WRONG_PER_ADDRESS = 10
WRONG_ALTOGETHER = 300
_MOST_KEYS = 20_000


class TooMany(DomainError):
    """More requests in a minute than any candidate's page sends."""

    status = 429


class Counter:
    """Counts per key in windows of a minute; forgets old keys when there are many."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, most: int) -> None:
        """Count one; raise TooMany (429 `too_many_requests`) when `most` were counted in this minute already."""
        now = time.monotonic()
        with self._lock:
            since, count = self._counts.get(key, (now, 0))
            if now - since >= WINDOW:
                since, count = now, 0
            if count >= most:
                raise TooMany("too_many_requests", _("Too many requests. Please wait a minute."))
            if len(self._counts) >= _MOST_KEYS:
                self._counts = {each: seen for each, seen in self._counts.items() if now - seen[0] < WINDOW}
            self._counts[key] = (since, count + 1)

    def give_back(self, key: str) -> None:
        """What was counted turned out well: it does not count."""
        with self._lock:
            since, count = self._counts.get(key, (0.0, 0))
            if count:
                self._counts[key] = (since, count - 1)

    def forget(self) -> None:
        """Start from nothing."""
        with self._lock:
            self._counts = {}


counter = Counter()


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: an IPv4 address, or an IPv6 network of the size that one household has.

    Behind the TLS proxy of this machine it is what the proxy added last; what stands before it may be made up.
    """
    written = request.META.get("REMOTE_ADDR", "")
    forwarded = request.headers.get("X-Forwarded-For", "")
    try:
        address = ipaddress.ip_address(written)
        if settings.SECURE_PROXY_SSL_HEADER and address.is_loopback and forwarded:
            address = ipaddress.ip_address(forwarded.rpartition(",")[2].strip())
    except ValueError:
        return written
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
