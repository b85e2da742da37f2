"""Statements that come many times a second: the server plans each once per connection, not every time.

Planning a join of three tables takes PostgreSQL twice to ten times as long as running it.
"""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import psycopg
from django.db import connection

# Uses on one connection before a statement is prepared on it. Django's own cursors prepare nothing.
PREPARED_AFTER = 3

Params = Sequence[Any] | Mapping[str, Any]


class Done(NamedTuple):
    """How many rows it met, and the first that it gave back."""

    rows: int
    first: tuple[Any, ...] | None


def execute(statement: str, params: Params) -> Done:
    """Run one statement, prepared. Whoever watches Django's connection sees it like any other."""
    connection.ensure_connection()
    send: Any = _send
    for wrapper in reversed(connection.execute_wrappers):
        send = partial(wrapper, send)
    done: Done = send(statement, params, False, {"connection": connection, "cursor": None})
    return done


def _send(statement: str, params: Params, _many: bool, _context: dict[str, Any]) -> Done:
    began = time.monotonic()
    wire = connection.connection
    wire.prepare_threshold = PREPARED_AFTER
    with connection.wrap_database_errors, psycopg.Cursor(wire) as cursor:
        cursor.execute(statement, params)
        done = Done(cursor.rowcount, cursor.fetchone() if cursor.description else None)
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{time.monotonic() - began:.3f}"})
    return done
