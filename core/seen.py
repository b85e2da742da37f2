"""What somebody saw of a record when they took a step on it: a step on what has moved on meanwhile is refused.

A page hands out `version_of` the record that it shows and takes the step `as_seen`; the service asks
`require_as_seen` of the row under its lock, after it has found that there is something to do. Of a row that nobody
speaks of nothing is asked.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db.models import BinaryField, Model, QuerySet
from django.utils.translation import gettext_lazy as _

from core.changes import CHANGED
from core.errors import Refused

Row = TypeVar("Row", bound=Model)
_seen: ContextVar[dict[tuple[str, int], str] | None] = ContextVar(
    "seen_by_whoever_takes_this_step", default=None
)


def without_bytes(rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """These rows without the bytes of the files that they hold: those are read where the file itself is wanted."""
    heavy = [field.name for field in rows.model._meta.concrete_fields if isinstance(field, BinaryField)]
    return rows.defer(*heavy) if heavy else rows


def version_of(row: Model) -> str:
    """A short name for the row's own stored values: equal as long as none of them changes. A file's bytes are not asked
    for: what made or replaced the file has changed something beside it."""
    values = [
        (field.attname, getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.name != CHANGED and not isinstance(field, BinaryField)
    ]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


@contextmanager
def as_seen(row: Model, version: str) -> Iterator[None]:
    """Around a step that was decided on when the row had this version; "" when nobody says which."""
    token = _seen.set({(row._meta.label, row.pk): version} if version else None)
    try:
        yield
    finally:
        _seen.reset(token)


def require_as_seen(row: Model) -> None:
    """Raise Refused("changed_meanwhile") when whoever takes this step saw another version of this locked row.

    Asked once in a step: what the step itself changes is nobody else's change.
    """
    seen = _seen.get()
    version = seen.pop((row._meta.label, row.pk), "") if seen else ""
    if version and version != version_of(row):
        raise Refused(
            "changed_meanwhile",
            _(
                "This was changed after you opened the page. Please look at it as it is now, and decide again."
            ),
            version=version_of(row),
        )
