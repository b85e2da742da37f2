"""What a test that committed leaves behind goes in milliseconds; what is there from the beginning stands as it stood.

Django's flush empties every table and lets `post_migrate` write permissions, the calendar and the like anew: a quarter
of a second after each such test. What that leaves is always the same, so it is done once and kept; afterwards only the
tables that hold something are emptied, and what was kept is put back.
"""

from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TransactionTestCase

KEPT = "kept_from_the_beginning"
# Beyond this, emptying row by row is slow, and its traces would mislead whoever plans a statement on the table.
MOST_BYTES = 4 * 2**20

_flush: Callable[[TransactionTestCase], None] = TransactionTestCase._fixture_teardown
_tables: list[str] = []
_kept: set[str] = set()


def install() -> None:
    """Let every test that commits end this way."""
    TransactionTestCase._fixture_teardown = _empty  # type: ignore[method-assign]


def _empty(case: TransactionTestCase) -> None:
    _end_others()
    if not _kept:
        _flush(case)
        _keep()
    elif not _may_pass_triggers():
        _flush(case)
    elif _is_small():
        _put_back()
    else:
        _flush(case)
        _put_back()
        # The flush numbered the kinds of rows anew, and remembers these numbers.
        ContentType.objects.clear_cache()


def _end_others() -> None:
    """Whoever still holds a lock here belongs to a test that is over: cut off in a statement, its server goes on with
    it, and emptying would wait as long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND usename = current_user"
            " AND xact_start < clock_timestamp() - interval '30 seconds'"
        )


def _keep() -> None:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    _tables[:] = sorted(names)
    _kept.update(_filled(_tables))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {KEPT} CASCADE; CREATE SCHEMA {KEPT}")
        for name in _kept:
            cursor.execute(f'CREATE TABLE {KEPT}."{name}" AS TABLE "{name}"')


def _filled(names: list[str]) -> list[str]:
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [name for (name,) in cursor.fetchall()]


def _is_small() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(pg_relation_size(oid)), 0) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return bool(cursor.fetchone()[0] <= MOST_BYTES)


def _may_pass_triggers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        return bool(cursor.fetchone()[0])


def _put_back() -> None:
    filled = _filled(_tables)
    statements = [f'DELETE FROM "{name}"' for name in filled]
    statements += [f'INSERT INTO "{name}" SELECT * FROM {KEPT}."{name}"' for name in sorted(_kept)]
    with connection.cursor() as cursor:
        cursor.execute(
            "BEGIN; SET LOCAL session_replication_role = replica; " + "; ".join(statements) + "; COMMIT"
        )
