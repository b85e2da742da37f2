"""A cluster of jobs whose guard goes by a clock that nobody can set.

The queue's own guard waits half a second on the wall: where that is set back in the middle of it, it waits for as
long as the wall was set back, and nothing scheduled is asked for until then.
"""

import time
from multiprocessing.synchronize import Event
from typing import Any

from django_q.cluster import Sentinel


class Steady:
    """An event of another process that is waited for by the clock that stands still for nobody."""

    def __init__(self, event: Event) -> None:
        self._event = event

    def wait(self, timeout: float) -> bool:
        """Whether it was set by the end of so many seconds; a moment later than it is."""
        if not self._event.is_set():
            time.sleep(timeout)
        return self._event.is_set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._event, name)


def keep() -> None:
    """From now on in this process, and in those that it makes. Twice it is the same."""
    Sentinel.guard = _guard


_theirs = Sentinel.guard


def _guard(sentinel: Sentinel) -> None:
    sentinel.stop_event = Steady(sentinel.stop_event)
    _theirs(sentinel)
