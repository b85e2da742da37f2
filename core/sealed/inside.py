"""Sealed texts inside of a JSON column of a library's table, which no field of ours can take the place of.

An app says so in its `sealed_inside.py`: `INSIDE = {"mfa.Authenticator": "data"}`. Whoever writes seals (`seal`),
whoever reads opens (`unseal`); a new key takes them with it, and they are counted, as sealed columns are.
"""

import json
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models

from core.collecting import declared
from core.sealed import ring


class Inside:
    """The sealed texts of one such column. For resealing it is what a sealed column is."""

    written_as = "jsonb"

    def __init__(self, model: type[models.Model], name: str) -> None:
        field = model._meta.get_field(name)
        self.attname = name
        self.column = str(field.column)  # type: ignore[union-attr]
        self.place = f"{model._meta.db_table}.{self.column}"

    def seal(self, plain: str) -> str:
        """As it is stored."""
        return ring.ring().seal(plain, self.place)

    def unseal(self, stored: str) -> str:
        """As it was. Refused: sealing_key_missing, sealed_value_unreadable."""
        return ring.ring().unseal(stored, self.place)

    def stale(self, column: str) -> tuple[str, str]:
        """The condition that a row has one under an older key, and its parameter."""
        return f"{column}::text ~ %s", f'"{ring.BEGINS}[^:"]*:(?!{ring.ring().present})[0-9a-f]{{8}}:'

    def counted(self, column: str, table: str) -> tuple[str, str]:
        """The statement that answers key and number for each key, and its parameter."""
        found = f"SELECT regexp_matches({column}::text, %s, 'g') AS said FROM {table}"  # noqa: S608 -- of the model
        return (
            f"SELECT said[1], count(*) FROM ({found}) AS all_of_them GROUP BY 1",  # noqa: S608
            f'"{ring.BEGINS}[^:"]*:([0-9a-f]{{8}}):',
        )

    def get_db_prep_save(self, value: Any, _connection: Any) -> str:
        """With all of them sealed anew."""
        return json.dumps(replaced(value, lambda text: self.seal(self.unseal(text))))


def inside(label: str) -> Inside:
    """Of the model that an app has named."""
    return next(found for model, found in everywhere() if model._meta.label == label)


def everywhere() -> list[tuple[type[models.Model], Inside]]:
    """As the apps declare it."""
    return [
        (model := apps.get_model(label), Inside(model, name))
        for module in declared("sealed_inside")
        for label, name in module.INSIDE.items()
    ]


def replaced(value: Any, anew: Callable[[str], str], *, found: Callable[[str], bool] = ring.is_sealed) -> Any:
    """The same value, with every text of it that is `found` as `anew` makes it."""
    if isinstance(value, str):
        return anew(value) if found(value) else value
    if isinstance(value, list):
        return [replaced(one, anew, found=found) for one in value]
    if isinstance(value, dict):
        return {name: replaced(one, anew, found=found) for name, one in value.items()}
    return value
