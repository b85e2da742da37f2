"""A cluster of jobs whose guard goes by a clock that nobody can set, and says what its cluster does.

The queue's own guard waits half a second on the wall: where that is set back in the middle of it, it waits for as
long as the wall was set back, and nothing scheduled is asked for until then.
"""

import time
from collections.abc import Callable
from multiprocessing.synchronize import Event
from typing import Any

from django_q.cluster import Sentinel

from core.jobs import clusters


class Steady:
    """An event of another process that is waited for by the clock that stands still for nobody; `first` is called
    before each wait."""

    def __init__(self, event: Event, first: Callable[[], None] = lambda: None) -> None:
        self._event, self._first = event, first

    def wait(self, timeout: float) -> bool:
        """Whether it was set by the end of so many seconds; a moment later than it is."""
        self._first()
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
    saying = clusters.Saying(sentinel)
    sentinel.stop_event = Steady(sentinel.stop_event, saying)
    _theirs(sentinel)
    saying.leave()
