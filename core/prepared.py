"""Statements that come many times a second: the server plans each once per connection, not every time.

Planning a join of three tables takes PostgreSQL twice to ten times as long as running it.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet

from core.history.cursor import notice

# Uses on one connection before a statement is prepared on it. Django's own cursors prepare nothing, and behind
# PgBouncer nobody does: the next statement may come to a session that knows none.
PREPARED_AFTER = 3
HIGHEST_MARK = 32_749

Params = Sequence[Any] | Mapping[str, Any]


class Done(NamedTuple):
    """How many rows it met, the first that it gave back, and all of them where they were asked for."""

    rows: int
    first: tuple[Any, ...] | None
    all: Sequence[tuple[Any, ...]] = ()


def execute(statement: str, params: Params) -> Done:
    """Run one statement, prepared. Whoever watches Django's connection sees it like any other."""
    return _watched(statement, params)


def _watched(statement: str, params: Params, *, whole: bool = False) -> Done:
    connection.ensure_connection()
    send: Any = partial(_send, whole=whole)
    for wrapper in reversed(connection.execute_wrappers):
        send = partial(wrapper, send)
    done: Done = send(statement, params, False, {"connection": connection, "cursor": None})
    return done


def _send(statement: str, params: Params, _many: bool, _context: dict[str, Any], *, whole: bool) -> Done:
    began = time.monotonic()
    wire = connection.connection
    # What is sent prepared is a lease, a draft or bytes: none keeps a history. But it may begin a transaction.
    notice(wire)
    wire.prepare_threshold = None if settings.BEHIND_PGBOUNCER else PREPARED_AFTER
    with connection.wrap_database_errors, psycopg.Cursor(wire) as cursor:
        cursor.execute(statement, params)
        if whole:
            found = cursor.fetchall()
            done = Done(cursor.rowcount, found[0] if found else None, found)
        else:
            done = Done(cursor.rowcount, cursor.fetchone() if cursor.description else None)
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{time.monotonic() - began:.3f}"})
    return done


class Shape:
    """A query that Django writes once for each thread, and that is sent prepared with other values from then on.

        _OF_SESSION = Shape(lambda digest: RoomSession.objects.filter(token_hash=digest).values_list(…), str)

    Writing the SQL of a query anew takes Python longer than the server takes to answer it. `make` gets a mark for each
    of its values, numbers or texts as `kinds` says, compares fields with them as they are, and answers `values_list`.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], *kinds: type[int] | type[str]) -> None:
        self._make = make
        # Numbers that every field can hold and no query names, texts that nobody sends.
        self._marks = [HIGHEST_MARK - n if kind is int else f"\x01{n}" for n, kind in enumerate(kinds)]
        self._kept = threading.local()

    def rows(self, *values: int | str) -> list[tuple[Any, ...]]:
        """What the query answers for these values. One statement."""
        compiler, statement, params = self._written()
        known = dict(zip(self._marks, values, strict=True))
        filled = [type(one)(known[one]) if _may_be_mark(one) and one in known else one for one in params]
        found = _watched(statement, filled, whole=True)
        return list(compiler.results_iter(results=[found.all], tuple_expected=True))

    def first(self, *values: int | str) -> tuple[Any, ...] | None:
        """The first of them."""
        return next(iter(self.rows(*values)), None)

    def _written(self) -> tuple[Any, str, Sequence[Any]]:
        if not hasattr(self._kept, "query"):
            compiler = self._make(*self._marks).query.get_compiler(connection.alias)
            self._kept.query = (compiler, *compiler.as_sql())
        written: tuple[Any, str, Sequence[Any]] = self._kept.query
        return written


def _may_be_mark(param: Any) -> bool:
    return isinstance(param, int | str) and not isinstance(param, bool)


def of_row(model: type[Model], values: Sequence[Any]) -> Any:
    """A row of `model` from the values of `columns_of(model)`, as if Django had read it."""
    return model.from_db(connection.alias, columns_of(model), values)


@cache
def columns_of(model: type[Model]) -> tuple[str, ...]:
    """The names of all that a row of this model holds, in order."""
    return tuple(field.attname for field in model._meta.concrete_fields)
