"""Writing many rows with one statement."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def update_rows(rows: Sequence[Row], fields: Sequence[str]) -> None:
    """Write these fields of the rows as they stand in memory: one UPDATE whose length does not grow with CASEs.

    A guarded state is moved by its transitions only, never here.
    """
    if not rows:
        return
    guarded = {field.name for field in getattr(rows[0], "state_fields", ())} & set(fields)
    if guarded:
        raise ValueError(f"{', '.join(sorted(guarded))} is moved by its transitions only")
    _update(rows, fields)


def save_stepped(rows: Sequence[Any], fields: Sequence[str]) -> None:
    """`save` of many rows that the caller has locked, and whose transitions have just moved their states."""
    if not rows:
        return
    _update(rows, fields)
    for row in rows:
        row._update_initial_state()


def _update(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    model = type(rows[0])
    columns: list[models.Field[Any, Any]] = [model._meta.get_field(name) for name in fields]  # type: ignore[misc]
    key = model._meta.pk
    given = [
        {_name(column): column.get_prep_value(column.pre_save(row, add=False)) for column in (key, *columns)}
        for row in rows
    ]
    quote = connection.ops.quote_name
    types = ", ".join(f"{quote(_name(column))} {_type_of(column)}" for column in (key, *columns))
    changes = ", ".join(f"{quote(_name(column))} = new.{quote(_name(column))}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} AS row SET {changes}"  # noqa: S608 -- names of our own columns
            f" FROM jsonb_to_recordset(%s::jsonb) AS new ({types})"
            # The list of keys tells the planner how many there are.
            f" WHERE row.{quote(_name(key))} = ANY(%s) AND row.{quote(_name(key))} = new.{quote(_name(key))}",
            [json.dumps(given, default=str), [row.pk for row in rows]],
        )


def _name(column: "models.Field[Any, Any]") -> str:
    return str(column.column)


def _type_of(column: "models.Field[Any, Any]") -> str:
    return str(column.rel_db_type(connection) if column.primary_key else column.cast_db_type(connection))
