"""Which of several databases is ahead.

A copy that is promoted begins a new timeline of the same system. A primary of before that comes back by itself goes on
with the older one: it takes writes, and is not to get any. What this machine has seen last stands in HOME/timeline.
"""

import contextlib
import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from core.env import connection_words, database_url, env, home

# Seconds after which whoever connects asks the others anew, where no pump of this machine has done it meanwhile.
FRESH = 30.0
LOOK_CONNECT, LOOK_STATEMENT = 2, 3000
_ASKED = """
SELECT (SELECT system_identifier FROM pg_control_system())::text,
       CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
            ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END,
       NOT pg_is_in_recovery(), pg_postmaster_start_time()::text
"""
_ENDED = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class State:
    """What one server says of itself. `started` tells two servers apart that two names may lead to."""

    system: str
    timeline: int
    is_primary: bool
    started: str


def state_of(connection: psycopg.Connection[Any]) -> State:
    """Ask a server; nothing is left open."""
    with psycopg.ClientCursor(connection, row_factory=psycopg.rows.tuple_row) as cursor:
        cursor.execute(_ASKED)
        row = cursor.fetchone()
    assert row  # noqa: S101 -- a SELECT without FROM
    return State(*row)


def hosts() -> list[dict[str, Any]]:
    """How each of the databases is reached by itself; none where DATABASE_URL names one. Past PgBouncer."""
    for url in (database_url(), env.str("HRSUITE_DATABASE_DIRECT_URL", default="")):
        if url and (found := apart(connection_words(url))):
            return found
    return []


def apart(words: dict[str, Any]) -> list[dict[str, Any]]:
    """Words for several hosts as words for each; none for one."""
    names, ports = str(words.get("host", "")).split(","), str(words.get("port") or "5432").split(",")
    if len(names) == 1:
        return []
    ports = ports if len(ports) == len(names) else ports[:1] * len(names)
    return [words | {"host": name, "port": port} for name, port in zip(names, ports, strict=True)]


def look(found: list[dict[str, Any]] | None = None) -> dict[str, State]:
    """Ask each database that answers within seconds, keep the newest timeline, and end our sessions on a server that
    takes writes and is behind. Answers the state by host:port.
    """
    said: dict[str, State] = {}
    asked = hosts() if found is None else found
    for words in asked:
        with contextlib.suppress(psycopg.Error):
            said[name_of(words)] = _asked(words)
    for one in said.values():
        keep(one)
    for words in asked:
        state = said.get(name_of(words))
        if state and state.is_primary and is_behind(state):
            with contextlib.suppress(psycopg.Error), _alone(words) as connection:
                connection.execute(_ENDED)
    _touch()
    return said


def name_of(words: dict[str, Any]) -> str:
    """For people."""
    return f"{words['host']}:{words['port']}"


def is_behind(state: State) -> bool:
    """Whether this machine has seen a newer timeline of the same system."""
    system, timeline = known()
    return system == state.system and timeline > state.timeline


def known() -> tuple[str, int]:
    """System and newest timeline that this machine has seen; ("", 0) for none."""
    try:
        system, timeline = _place().read_text().split()
        return system, int(timeline)
    except (OSError, ValueError):
        return "", 0


def keep(state: State) -> None:
    """Note what was seen, where it is newer, or of another system (a cluster that was made anew) that takes writes."""
    system, timeline = known()
    if (system == state.system and timeline >= state.timeline) or (
        system != state.system and not state.is_primary
    ):
        return
    with contextlib.suppress(OSError), _one_at_a_time():
        system, timeline = known()
        if system != state.system or timeline < state.timeline:
            draft = _place().with_name(f"timeline.{os.getpid()}")
            draft.write_text(f"{state.system} {state.timeline}\n")
            draft.replace(_place())


def is_fresh() -> bool:
    """Whether the others were asked lately, by anybody on this machine."""
    try:
        return abs(time.time() - _place().stat().st_mtime) < FRESH
    except OSError:
        return False


def _touch() -> None:
    with contextlib.suppress(OSError):
        os.utime(_place())


def _asked(words: dict[str, Any]) -> State:
    with _alone(words) as connection:
        return state_of(connection)


def _alone(words: dict[str, Any]) -> psycopg.Connection[Any]:
    """One server and no other, whether it takes writes or not."""
    plain = {
        name: value for name, value in words.items() if name not in ("pool", "cursor_factory", "context")
    }
    plain |= {"target_session_attrs": "any", "connect_timeout": LOOK_CONNECT, "autocommit": True}
    plain["options"] = f"{plain.get('options', '')} -c statement_timeout={LOOK_STATEMENT}".strip()
    return psycopg.connect(**plain)


def _place() -> Path:
    return home() / "timeline"


@contextlib.contextmanager
def _one_at_a_time() -> Any:
    with (home() / "timeline.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
