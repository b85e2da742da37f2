"""Two pumps that come to the same moment."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection


def by_two_pumps(*works: Callable[..., Any]) -> None:
    """Each of two pumps takes one row of each of these works, both at once, over a connection of its own."""
    start = Barrier(2)

    def pump() -> None:
        start.wait()
        for work in works:
            work(limit=1)
        connection.close()

    threads = [Thread(target=pump) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
