"""Retention and erasure alone rewrite what the history holds, and say so for the length of their transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


def open_here(*_ids: Any) -> None:
    """Until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hrsuite.history_open = 'on'")


@contextmanager
def opened() -> Iterator[None]:
    """A transaction in which the history may be rewritten; closed again where it is part of a longer one."""
    with transaction.atomic():
        open_here()
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL hrsuite.history_open = 'off'")
