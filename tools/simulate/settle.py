"""Wait until nothing is under way any more, and compare; a server that is just coming back is waited for."""

import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection

from tools.simulate.compare import Comparison, compare
from tools.simulate.journal import Journal

PAUSE = 2.0


def settle(
    journal: Journal,
    *,
    disturbed: bool,
    limit: float,
    tick: Callable[[Comparison], None] = lambda comparison: None,
) -> Comparison:
    """Compare until nothing differs and nothing is owed, `limit` seconds at most; the last comparison."""
    deadline = time.monotonic() + limit
    while True:
        try:
            comparison = compare(journal, disturbed=disturbed)
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > deadline:
                raise
        else:
            tick(comparison)
            if comparison.is_settled or time.monotonic() > deadline:
                return comparison
        time.sleep(PAUSE)
