"""What a record's history says, and how the record stood on a day. Reads only."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

from core.history.models import Change, Did
from core.history.recording import recorded


@dataclass(frozen=True, slots=True)
class Part:
    """Rows on a record's page: those of `model` with `keys`, and those gone whose `column` named the record."""

    model: type[Model]
    column: str
    keys: Sequence[Any]


def of_record(
    model: type[Model], pk: Any, *, parts: Iterable[Part] = (), before: int | None = None, limit: int = 50
) -> list[Change]:
    """The newest changes of a record and of its parts, those numbered below `before`. One statement."""
    own = Change.objects.filter(model=model._meta.label_lower, object_id=str(pk))
    found: list[QuerySet[Change]] = [_newest(own, before, limit)]
    for part in parts:
        rows = Change.objects.filter(model=part.model._meta.label_lower)
        if part.keys:
            found.append(_newest(rows.filter(object_id__in=[str(key) for key in part.keys]), before, limit))
        gone = rows.filter(did=Did.DELETED, **{f"before__{part.column}": pk})
        found.append(_newest(gone, before, limit))
    first, *more = found
    # A row that was deleted has its own entry among the gone; one that stands has none there.
    merged = first.union(*more, all=True).order_by("-id")[:limit] if more else first
    return list(merged)


def _newest(rows: QuerySet[Change], before: int | None, limit: int) -> QuerySet[Change]:
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows.order_by("-id")[:limit]


def now_of(model: type[Model], pk: Any) -> dict[str, Any] | None:
    """What the record holds now, by column, as the history writes values; nothing whose values it does not keep."""
    one = recorded().get(model._meta.label_lower)
    if one is None:
        return None
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (to_jsonb(one) - %s::text[])::text FROM {quoted(one.table)} one WHERE {quoted(one.pk)} = %s",  # noqa: S608
            [[*one.not_said, *one.unseen], pk],
        )
        row = cursor.fetchone()
    return json.loads(row[0]) if row else None


def as_of(model: type[Model], pk: Any, moment: datetime) -> dict[str, Any] | None:
    """What the record held at a moment, by column: what it holds now, taken back change by change.

    None when it was not there then, or the model keeps no history. Of what happened before the history began, or went
    with its retention, nothing is known: the oldest known values are answered. Two statements.
    """
    state = now_of(model, pk)
    changes = Change.objects.filter(model=model._meta.label_lower, object_id=str(pk), at__gt=moment)
    for one in changes.order_by("-id").only("did", "before"):
        if one.did == Did.CREATED:
            return None
        if one.did == Did.DELETED:
            state = dict(one.before or {})
        elif state is not None:
            state.update(one.before or {})
    return state


def begins() -> datetime | None:
    """Since when anything is known at all. One statement."""
    return Change.objects.order_by("id").values_list("at", flat=True).first()
