"""Ref: which row of which app a message is about, as two values that every table can hold."""

from typing import NamedTuple

from django.db.models import Model


class Ref(NamedTuple):
    """A row by its model's label and its number. Equal to the pairs that events keep."""

    type: str
    id: int


def ref(row: Model) -> Ref:
    """The reference to a saved row."""
    return Ref(row._meta.label_lower, row.pk)
