"""What the history kept in plain words of a column that is sealed now is sealed there, too.

The digest that a change had before stands in its row, as with an erased one: the chain of days still holds.
"""

import json
from typing import Any

from django.db import connection

from core.history.opening import opened
from core.history.seals import DIGEST

SET = 1000


def seal_past(model: Any, fields: list[Any]) -> int:
    """Seal the values of these columns in every change of the model's rows; cut off, it goes on. How many changes."""
    names = {str(field.column): field for field in fields}
    last = done = 0
    while True:
        with opened(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, before, after FROM history_change WHERE model = %s AND id > %s"
                " AND (before ?| %s OR after ?| %s) ORDER BY id LIMIT %s",
                [model._meta.label_lower, last, list(names), list(names), SET],
            )
            rows = cursor.fetchall()
            if not rows:
                return done
            for pk, *values in rows:
                last = pk
                sealed = [
                    _sealed(names, json.loads(each) if isinstance(each, str) else each) for each in values
                ]
                done += 1
                cursor.execute(
                    f"UPDATE history_change SET erased = {DIGEST}, before = %s::jsonb, after = %s::jsonb WHERE id = %s",  # noqa: S608
                    [*(None if each is None else json.dumps(each) for each in sealed), pk],
                )


def _sealed(names: dict[str, Any], values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {name: _value(names.get(name), value) for name, value in values.items()}


def _value(field: Any, value: Any) -> Any:
    if field is None or isinstance(value, bool):
        return value
    # A number that is sealed is an amount of money.
    text = f"{value:.2f}" if isinstance(value, int | float) else value
    return field.seal_again(text) if isinstance(text, str) else text
