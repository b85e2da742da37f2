"""The roles of the embedded database: the owner makes things, the suite's own role owns its tables and nothing more.

Both come in by `peer`: the machine says who is at the socket, and pg_ident.conf says that it may be the user who runs
the suite alone. A cluster of 2026.11.0 let everybody in and its superuser was the suite's role: at the first start of a
later release that role gets another name, and what it owned goes to a new one of the old name.
"""

import os
import pwd
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from core.process.places import Place, server_user

NAME = "hrsuite"
# The superuser, by which the database is made and nothing else is done.
OWNER = "hrsuite_owner"
_NEXT = "hrsuite_next"
_MOVER = "hrsuite_mover"
# Who copies the whole cluster is the owner, or the server's user for a copy that follows: its files are its own anyway.
_HBA = "local all all peer map=suite\nlocal replication all peer map=copies\n"
_LEAST = "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS"

# What a role may own in a database of ours, outside PostgreSQL's own schemas and not as part of an extension.
_OWNED = """
SELECT kind, identity FROM (
    SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                          ELSE 'TABLE' END AS kind,
           c.oid::regclass::text AS identity, c.oid, 'pg_class'::regclass AS class, c.relowner AS owner,
           c.relnamespace AS space
      FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT 'ROUTINE', p.oid::regprocedure::text, p.oid, 'pg_proc'::regclass, p.proowner, p.pronamespace
      FROM pg_proc p
    UNION ALL
    SELECT 'TYPE', t.oid::regtype::text, t.oid, 'pg_type'::regclass, t.typowner, t.typnamespace
      FROM pg_type t WHERE t.typrelid = 0 AND t.typelem = 0
) AS thing
WHERE owner = %s::regrole AND space::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  -- An extension's parts stay its own; a column's sequence goes with its table.
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = class AND d.objid = thing.oid
                  AND (d.deptype = 'e' OR kind = 'SEQUENCE' AND d.deptype IN ('i', 'a')))
"""


def connect(place: Place, database: str = "postgres") -> psycopg.Connection[Any]:
    """As the superuser, or in a cluster of 2026.11.0 as the role that is the superuser there."""
    known: dict[str, Any] = {
        "host": str(place.socket),
        "dbname": database,
        "autocommit": True,
        "connect_timeout": 5,
    }
    try:
        return psycopg.connect(user=OWNER, **known)
    except psycopg.OperationalError as error:
        if f'"{OWNER}" does not exist' not in str(error):
            raise
        return psycopg.connect(user=NAME, **known)


def write_access(place: Place, data: Path | None = None) -> None:
    """Who may come in, written anew at each start: also for a cluster that 2026.11.0 opened to all, and for `data`, one
    that is being made beside the place's own.
    """
    me = pwd.getpwuid(os.geteuid()).pw_name
    ident = "".join(f'suite "{me}" {role}\n' for role in (OWNER, NAME))
    user = server_user()
    ident += "".join(f'copies "{name}" {OWNER}\n' for name in {me, user.pw_name if user else me})
    for name, text in (("pg_hba.conf", _HBA), ("pg_ident.conf", ident)):
        path = (data or place.data) / name
        draft = path.with_suffix(".draft")
        draft.write_text(text)
        draft.chmod(0o600)
        if user:
            os.chown(draft, user.pw_uid, user.pw_gid)
        draft.replace(path)


def make(place: Place, *, for_tests: bool) -> None:
    """The suite's role and database, when they are not there. For tests the role may make databases, for the bench
    load rows past their triggers.
    """
    with connect(place) as connection:
        if connection.info.user == NAME:
            _bring_over(place, connection)
        if not _has_role(connection, NAME):
            connection.execute(f"CREATE ROLE {NAME} {_LEAST}")
        if for_tests:
            connection.execute(f"ALTER ROLE {NAME} CREATEDB")
            connection.execute(f"GRANT SET ON PARAMETER session_replication_role TO {NAME}")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")


def _bring_over(place: Place, connection: psycopg.Connection[Any]) -> None:
    """A cluster whose superuser is the suite's role. Cut off anywhere, the next start does it all again.

    1. In each of its databases, what the role owns goes to a new role.
    2. In one transaction: the superuser becomes the owner, the new role gets the old name, and the databases are its.
       PostgreSQL renames nobody who is signed in, so that this is done as a third one who is not kept.
    """
    if not _has_role(connection, _NEXT):
        connection.execute(f"CREATE ROLE {_NEXT} {_LEAST}")
    asked = (
        "SELECT datname FROM pg_database WHERE datdba = %s::regrole AND datallowconn AND NOT datistemplate"
    )
    databases = [name for (name,) in connection.execute(asked, [NAME]) if name != "postgres"]
    for name in databases:
        with psycopg.connect(host=str(place.socket), user=NAME, dbname=name, connect_timeout=5) as inside:
            for kind, identity in inside.execute(_OWNED, [NAME]).fetchall():
                # An identity is quoted by PostgreSQL itself where it has to be.
                inside.execute(
                    sql.SQL("ALTER {} {} OWNER TO {}").format(
                        sql.SQL(kind), sql.SQL(identity), sql.Identifier(_NEXT)
                    )
                )
    with connection.transaction():
        connection.execute(f"CREATE ROLE {_MOVER} SUPERUSER")
        connection.execute(f"SET SESSION AUTHORIZATION {_MOVER}")
        connection.execute(f"ALTER ROLE {NAME} RENAME TO {OWNER}")
        connection.execute("RESET SESSION AUTHORIZATION")
        connection.execute(f"DROP ROLE {_MOVER}")
        connection.execute(f"ALTER ROLE {_NEXT} RENAME TO {NAME}")
        for name in databases:
            connection.execute(
                sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(name), sql.Identifier(NAME))
            )


def _has_role(connection: psycopg.Connection[Any], name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is not None
