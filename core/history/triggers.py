"""The triggers that write the history, brought to every recorded table after the last migration.

They are statement triggers with transition tables: an `update()` over five thousand rows writes its five thousand lines
with one INSERT. One function for each kind of write serves all tables; what differs (columns, keys) is the trigger's
arguments. So an app that is added needs no trigger in its migrations, and none is forgotten.

A row that is made is noted without its values: they are those of today, taken back change by change.
"""

import hashlib
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection

from core.history.recording import Recorded, recorded

# The arguments: model, key column, columns that are not said, columns whose values are not kept, draft column, columns
# that are not said while that one is empty.
_TOLD = """
    _told jsonb := coalesce(nullif(current_setting('hrsuite.history', true), ''), '{}')::jsonb;
    _by bigint := (_told ->> 'by')::bigint;
    _party text := coalesce(_told ->> 'as', '');
    _source text := coalesce(_told ->> 'from', 'sql:' || session_user);
    _why text := coalesce(_told ->> 'why', '');
    _together bigint := pg_current_xact_id()::text::bigint;
"""
_INTO = (
    "INSERT INTO history_change"
    " (at, model, object_id, did, before, after, unseen, by_id, party, source, why, together)"
)

_INSERT = f"""
DECLARE {_TOLD}
BEGIN
    {_INTO}
    SELECT clock_timestamp(), TG_ARGV[0], to_jsonb(history_made) ->> TG_ARGV[1], 'C', NULL, NULL, NULL,
        _by, _party, _source, _why, _together
    FROM history_made;
    RETURN NULL;
END
"""  # noqa: S608 -- of the texts of this module

# A set is written with one INSERT; a single row, which is what a chain writes, in less than half of its time (70 µs).
_DIFFERENCE = """
            jsonb_object_agg(name, {old} -> name) FILTER (WHERE name <> ALL (_not_kept)),
            jsonb_object_agg(name, value) FILTER (WHERE name <> ALL (_not_kept)),
            array_agg(name ORDER BY name) FILTER (WHERE name = ANY (_not_kept))
"""
_UPDATE = f"""
DECLARE {_TOLD}
    _not_said text[] := TG_ARGV[2]::text[];
    _not_kept text[] := TG_ARGV[3]::text[];
    _drafted text[] := TG_ARGV[2]::text[] || TG_ARGV[5]::text[];
    _rows bigint;
    _old jsonb;
    _new jsonb;
    _before jsonb;
    _after jsonb;
    _unseen text[];
BEGIN
    -- The same values under another key are no change.
    IF coalesce(current_setting('hrsuite.resealing', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO _rows FROM history_are;
    IF _rows = 0 THEN
        RETURN NULL;
    ELSIF _rows = 1 THEN
        SELECT to_jsonb(history_were) INTO _old FROM history_were;
        SELECT to_jsonb(history_are) INTO _new FROM history_are;
        IF TG_ARGV[4] <> '' AND _new ->> TG_ARGV[4] IS NULL THEN
            _not_said := _drafted;
        END IF;
        SELECT {_DIFFERENCE.format(old="_old")} INTO _before, _after, _unseen
        FROM jsonb_each(_new) AS each (name, value)
        WHERE value IS DISTINCT FROM _old -> name AND name <> ALL (_not_said);
        IF _after IS NOT NULL OR _unseen IS NOT NULL THEN
            {_INTO}
            VALUES (clock_timestamp(), TG_ARGV[0], _new ->> TG_ARGV[1], 'U', _before, _after, _unseen,
                _by, _party, _source, _why, _together);
        END IF;
        RETURN NULL;
    END IF;
    {_INTO}
    SELECT clock_timestamp(), TG_ARGV[0], pair.key, 'U', changed.before, changed.after, changed.unseen,
        _by, _party, _source, _why, _together
    FROM (
        SELECT o.row ->> TG_ARGV[1] AS key, o.row AS old, n.row AS new,
            CASE WHEN TG_ARGV[4] <> '' AND n.row ->> TG_ARGV[4] IS NULL THEN _drafted ELSE _not_said END AS quiet
        FROM (SELECT to_jsonb(history_were) AS row FROM history_were) o
        JOIN (SELECT to_jsonb(history_are) AS row FROM history_are) n ON n.row -> TG_ARGV[1] = o.row -> TG_ARGV[1]
        WHERE o.row <> n.row
    ) pair
    CROSS JOIN LATERAL (
        SELECT {_DIFFERENCE.format(old="pair.old")}
        FROM jsonb_each(pair.new) AS each (name, value)
        WHERE value IS DISTINCT FROM pair.old -> name AND name <> ALL (pair.quiet)
    ) changed (before, after, unseen)
    WHERE changed.after IS NOT NULL OR changed.unseen IS NOT NULL;
    RETURN NULL;
END
"""  # noqa: S608 -- of the texts of this module

_DELETE = f"""
DECLARE {_TOLD}
BEGIN
    {_INTO}
    SELECT clock_timestamp(), TG_ARGV[0], to_jsonb(history_gone) ->> TG_ARGV[1], 'D',
        to_jsonb(history_gone) - (TG_ARGV[2]::text[] || TG_ARGV[3]::text[]), NULL, NULL,
        _by, _party, _source, _why, _together
    FROM history_gone;
    RETURN NULL;
END
"""  # noqa: S608 -- of the texts of this module

# What is written stays as it was written; retention and erasure say that they are at work.
_STANDS = """
BEGIN
    IF coalesce(current_setting('hrsuite.history_open', true), '') <> 'on' THEN
        RAISE EXCEPTION 'history: what happened is not rewritten' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN coalesce(NEW, OLD);
END
"""

FUNCTIONS = {
    "history_of_insert": _INSERT,
    "history_of_update": _UPDATE,
    "history_of_delete": _DELETE,
    "history_stands": _STANDS,
}

_ON = {
    "history_c": ("AFTER INSERT", "REFERENCING NEW TABLE AS history_made", "history_of_insert"),
    "history_u": (
        "AFTER UPDATE",
        "REFERENCING OLD TABLE AS history_were NEW TABLE AS history_are",
        "history_of_update",
    ),
    "history_d": ("AFTER DELETE", "REFERENCING OLD TABLE AS history_gone", "history_of_delete"),
}
_PROTECTED = ("history_change", "history_seal", "history_look")


def keep(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After every migration: bring functions and triggers to what is declared. What stands is not touched."""
    if using != DEFAULT_DB_ALIAS or not _has_tables():
        return
    _keep_functions()
    wanted = wanted_triggers()
    standing = standing_triggers()
    for (table, name), (_statement, mark) in standing.items():
        if wanted.get((table, name), ("", ""))[1] != mark:
            _run(f"DROP TRIGGER {name} ON {_quoted(table)}")
    for (table, name), (statement, mark) in wanted.items():
        if standing.get((table, name), ("", ""))[1] != mark:
            _run(statement)
            _run(f"COMMENT ON TRIGGER {name} ON {_quoted(table)} IS '{mark}'")


def wanted_triggers() -> dict[tuple[str, str], tuple[str, str]]:
    """By table and name: the statement that makes each trigger, and its mark."""
    present = _tables()
    found = {}
    for one in recorded().values():
        if one.table in present:
            for name in _ON:
                found[one.table, name] = _made(name, one)
    for table in _PROTECTED:
        statement = (
            f"CREATE TRIGGER history_stands BEFORE UPDATE OR DELETE ON {_quoted(table)}"
            " FOR EACH ROW EXECUTE FUNCTION history_stands()"
        )
        found[table, "history_stands"] = (statement, _mark(statement))
    return found


def standing_triggers() -> dict[tuple[str, str], tuple[str, str]]:
    """By table and name: the triggers of the history that the database has, with their marks; one that is switched off
    has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, tgname, CASE WHEN tgenabled IN ('O', 'A')"
            " THEN coalesce(obj_description(pg_trigger.oid, 'pg_trigger'), '') ELSE '' END"
            " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE tgname = ANY (%s) AND NOT tgisinternal AND relnamespace = 'public'::regnamespace",
            [[*_ON, "history_stands"]],
        )
        return {(table, name): ("", mark) for table, name, mark in cursor.fetchall()}


def missing() -> list[str]:
    """The tables whose history is not written as declared: "table: trigger", sorted."""
    standing = standing_triggers()
    return sorted(
        f"{table}: {name}"
        for (table, name), (_statement, mark) in wanted_triggers().items()
        if standing.get((table, name), ("", ""))[1] != mark
    )


def _made(name: str, one: Recorded) -> tuple[str, str]:
    when, tables, function = _ON[name]
    arguments = ", ".join(f"'{each}'" for each in one.arguments())
    statement = (
        f"CREATE TRIGGER {name} {when} ON {_quoted(one.table)} {tables}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}({arguments})"
    )
    return statement, _mark(statement)


def _keep_functions() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, obj_description(oid, 'pg_proc') FROM pg_proc"
            " WHERE proname = ANY (%s) AND pronamespace = 'public'::regnamespace",
            [list(FUNCTIONS)],
        )
        standing = dict(cursor.fetchall())
    for name, body in FUNCTIONS.items():
        if standing.get(name) != _mark(body):
            _run(
                f"CREATE OR REPLACE FUNCTION public.{name}() RETURNS trigger"
                f" LANGUAGE plpgsql AS $history${body}$history$"
            )
            _run(f"COMMENT ON FUNCTION public.{name}() IS '{_mark(body)}'")


def _has_tables() -> bool:
    return apps.get_model("history.Change")._meta.db_table in _tables()


def _tables() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
