"""No page of the staff keeps the database busy for long: what takes too long is broken off and said in a sentence."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from psycopg_pool import PoolTimeout

from core.errors import DomainError
from core.hangups import Watch, watcher

TOO_SLOW = _("That takes too long to find. Please narrow it: fewer words, a shorter time, one opening.")


class TooSlow(DomainError):
    """The database was asked for more than it finds in the time that a page may take."""

    status = 422


class Busy(DomainError):
    """Every connection to the database is in use."""

    status = 503

    def headers(self) -> dict[str, str]:
        """In a moment."""
        return {"Retry-After": "5"}


class BoundedQueries:
    """Admin and API: a statement ends after STATEMENT_SECONDS, and a read when whoever asked has gone away. Not the
    room, not jobs, not migrations.

    Set with the request's first statement, past Django's cursor, which would count it among the page's queries, and
    taken back before the connection serves anybody else. A page that asks nothing opens no connection.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(_BOUNDED):
            return self.get_response(request)
        # The web's worker hands the socket on; a test's client has none.
        sock = request.META.get("gunicorn.socket") if request.method in _READING else None
        watch = None if sock is None else Watch(sock)
        bound = _Bound(watch)
        if watch is not None:
            watcher.add(watch)
        try:
            with connection.execute_wrapper(bound):
                return self.get_response(request)
        finally:
            if watch is not None:
                watcher.remove(watch)
            with suppress(psycopg.Error):
                if bound.is_set and connection.connection is not None:
                    connection.connection.execute("RESET statement_timeout")


_BOUNDED = ("/admin/", "/api/")
_READING = ("GET", "HEAD")


class _Bound:
    """Around every statement of one request: the first one sets the time-out, and each is watched."""

    is_set = False

    def __init__(self, watch: Watch | None) -> None:
        self._watch = watch

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        # Behind PgBouncer it would stay with whoever comes to that session next; its query_timeout stands there.
        if not self.is_set and not settings.BEHIND_PGBOUNCER:
            self.is_set = True
            connection.connection.execute(f"SET statement_timeout = {int(settings.STATEMENT_SECONDS * 1000)}")
        if self._watch is None:
            return execute(sql, params, many, context)
        self._watch.begin(connection.connection)
        try:
            return execute(sql, params, many, context)
        finally:
            self._watch.end()


class Unwritable(DomainError):
    """The database answers and takes nothing: it is read-only for now, or its disk is full."""

    status = 503

    def headers(self) -> dict[str, str]:
        """Until somebody has seen to it."""
        return {"Retry-After": "30"}


def takes_nothing(error: BaseException | None) -> bool:
    """Whether behind this error, or behind what it was raised for, stands a database that takes no changes now."""
    while error is not None:
        if isinstance(error, psycopg.errors.ReadOnlySqlTransaction | psycopg.errors.DiskFull):
            return True
        error = error.__cause__ or error.__context__
    return False


def as_bounded(error: Exception) -> DomainError | None:
    """The sentence for a statement that was broken off, no free connection, or a database that takes nothing."""
    if isinstance(error, DatabaseError) and takes_nothing(error):
        return Unwritable(
            "read_only",
            _(
                "Nothing can be saved for the moment. What was saved before is kept; please try again in a minute."
            ),
        )
    if not isinstance(error, OperationalError):
        return None
    if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
        return TooSlow("too_slow", TOO_SLOW)
    if isinstance(error.__cause__, PoolTimeout) or "couldn't get a connection" in str(error):
        return Busy("busy", _("Very much is going on right now. Please try again in a moment."))
    return None
