"""How often something may be tried: counted in the memory of this process, in bounded space and without a query."""

import threading
import time
from collections import OrderedDict

from django.utils.translation import gettext as _

from core.errors import TooMany

WINDOW = 60.0
MOST_KEYS = 20_000


class Counter:
    """Counts per key in windows of a minute. It never holds more than MOST_KEYS: the oldest window makes room."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._counts)

    def take(self, key: str, most: int) -> None:
        """Count one; raise TooMany (429 `too_many_requests`) when `most` were counted in this minute already."""
        now = time.monotonic()
        with self._lock:
            since, count = self._present(key, now)
            if count >= most:
                raise self._refusal(since, now)
            if count == 0:
                self._counts.pop(key, None)
                if len(self._counts) >= MOST_KEYS:
                    self._counts.popitem(last=False)
            self._counts[key] = (since, count + 1)

    def look(self, key: str, most: int) -> None:
        """Raise TooMany as `take` does, and count and keep nothing: nobody knows yet whether the key means anything."""
        now = time.monotonic()
        with self._lock:
            since, count = self._present(key, now)
        if count >= most:
            raise self._refusal(since, now)

    def give_back(self, key: str) -> None:
        """What was counted turned out well: it does not count."""
        with self._lock:
            since, count = self._counts.get(key, (0.0, 0))
            if count:
                self._counts[key] = (since, count - 1)

    def forget(self) -> None:
        """Start from nothing."""
        with self._lock:
            self._counts.clear()

    def _present(self, key: str, now: float) -> tuple[float, int]:
        since, count = self._counts.get(key, (now, 0))
        return (now, 0) if now - since >= WINDOW else (since, count)

    def _refusal(self, since: float, now: float) -> TooMany:
        wait = max(1, round(WINDOW - (now - since)))
        return TooMany("too_many_requests", _("Too many requests. Please wait a minute."), retry_after=wait)
