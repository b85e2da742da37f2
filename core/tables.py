"""How hot tables are kept: the settings that an app declares for its own in `tables.py`, brought after every migration.

Declared beside the model, they hold however the migrations are written. PostgreSQL's own settings wait until a fifth
of a table has changed: of a million leases that is two hundred thousand heartbeats.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection

from core.collecting import declared

# Rows that are updated again and again leave room on their page for the next version.
ROOM_FOR_UPDATES = 70


@dataclass(frozen=True, kw_only=True)
class Table:
    """`model` ("app.Model") is vacuumed and looked at by the planner after so many changed rows, whatever its size.

    `fillfactor` below 100 leaves room for updates in place.
    """

    model: str
    vacuum_after: int
    analyze_after: int
    fillfactor: int = 100

    def settings(self) -> dict[str, str]:
        """The storage parameters, as PostgreSQL writes them."""
        return {
            "fillfactor": str(self.fillfactor),
            "autovacuum_vacuum_scale_factor": "0",
            "autovacuum_vacuum_threshold": str(self.vacuum_after),
            "autovacuum_vacuum_insert_scale_factor": "0",
            "autovacuum_vacuum_insert_threshold": str(self.vacuum_after),
            "autovacuum_analyze_scale_factor": "0",
            "autovacuum_analyze_threshold": str(self.analyze_after),
        }


# Jobs come and go by the minute, and the queue is asked many times a second.
TABLES = [Table(model="django_q.OrmQ", vacuum_after=200, analyze_after=200)]


def declared_tables() -> Iterator[Table]:
    """Every table of every app's tables.py."""
    for module in declared("tables"):
        yield from module.TABLES


def keep(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After every migration: bring the declared tables to their settings. Those that stand are not touched."""
    if using != DEFAULT_DB_ALIAS:
        return
    standing = _standing()
    for table in declared_tables():
        name = apps.get_model(table.model)._meta.db_table
        wanted = table.settings()
        if name in standing and not wanted.items() <= standing[name].items():
            _set(name, wanted)


def _standing() -> dict[str, dict[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reloptions FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {
            name: dict(option.split("=", 1) for option in options or ())
            for name, options in cursor.fetchall()
        }


def _set(name: str, wanted: dict[str, str]) -> None:
    settings = ", ".join(f"{key} = {value}" for key, value in wanted.items())
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {connection.ops.quote_name(name)} SET ({settings})")
