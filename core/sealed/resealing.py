"""Sealing what stands plain or under an older key: in sets, each its own transaction, so that a kill costs one set.

What is done is seen at the values themselves: whoever goes on afterwards takes what is left.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction

from core.changes import dating
from core.sealed import inside, ring
from core.sealed.fields import Sealed
from core.sealed.inside import Inside

SET = 1000
Tell = Callable[[str, int], None]
Column = Sealed | Inside


def columns(models_: Any = None) -> Iterator[tuple[type[models.Model], list[Column]]]:
    """Every table with sealed columns, and these."""
    for model in models_ or apps.get_models(include_auto_created=True):
        found = sealed_columns(model)
        if found and model._meta.managed and not model._meta.proxy:
            yield model, found


def sealed_columns(model: type[models.Model]) -> list[Column]:
    """The sealed columns of one table, and that of a library in which sealed texts stand."""
    own: list[Column] = [field for field in model._meta.local_concrete_fields if isinstance(field, Sealed)]
    return own + [one for other, one in inside.everywhere() if other is model]


def rotate(*, new: bool = True, tell: Tell | None = None) -> dict[str, Any]:
    """Seal every value anew under the present key (a new one first, if `new`); then the others are retired.

    1. The new key is in the ring, and known to the database, before the first value is sealed under it.
    2. Sets of rows, each under its lock: a row that is written meanwhile is sealed under the new key by its writer.
    3. A key that no value has any more is retired: a start does not ask for it. It stays in the ring, since backups of
       before open with it alone.

    Cut off in the middle, `rotate(new=False)` goes on. Answers {present, rows, retired, left}.
    """
    from core.sealed import registry  # noqa: PLC0415 -- it asks this module which tables there are

    if new:
        ring.add_key()
    registry.keep()
    rows = 0
    for model, fields in columns():
        rows += seal(model, fields, tell=tell)
    counted = counts()
    present = ring.ring().present
    retired = registry.retire(set(ring.ring().keys) - {present} - counted.keys())
    left = {number: count for number, count in counted.items() if number != present}
    return {"present": present, "rows": rows, "retired": retired, "left": left}


def seal(
    model: type[models.Model],
    fields: Sequence[Column],
    *,
    also: Callable[[Any], None] | None = None,
    written: tuple[str, ...] = (),
    tell: Tell | None = None,
) -> int:
    """Bring these columns of every row to the present key. `also` may set further columns, named in `written`.

    One SELECT and one UPDATE for a thousand rows; the history writes nothing of it, and `updated_at` stays. Answers
    how many rows were sealed.
    """
    last: Any = _before_first(model)
    done = 0
    while keys := _set_of(model, fields, "> %s", last, also=also, written=written):
        last, done = keys[-1], done + len(keys)
        if tell is not None:
            tell(model._meta.db_table, done)
    return done


def seal_rows(model: type[models.Model], fields: Sequence[Column], ids: list[int]) -> int:
    """Of these rows, at most SET, those that are not sealed under the present key; how many. One SELECT, one UPDATE."""
    return len(_set_of(model, fields, "= ANY (%s)", ids))


def _set_of(
    model: type[models.Model],
    fields: Sequence[Column],
    which: str,
    value: Any,
    *,
    also: Callable[[Any], None] | None = None,
    written: tuple[str, ...] = (),
) -> list[Any]:
    """Seal the next set of stale rows, each under its lock; their keys, none when there is none."""
    key, quoted = quoted_key(model), connection.ops.quote_name
    asked_for = [field.stale(quoted(str(field.column))) for field in fields]
    stale = " OR ".join(condition for condition, _parameter in asked_for)
    asked = (
        f"SELECT {key} FROM {quoted(model._meta.db_table)} WHERE {key} {which} AND ({stale})"  # noqa: S608 -- of the model
        f" ORDER BY 1 LIMIT {SET} FOR NO KEY UPDATE"
    )
    with _quietly(model):
        with connection.cursor() as cursor:
            cursor.execute(asked, [value, *(parameter for _condition, parameter in asked_for)])
            keys = [row[0] for row in cursor.fetchall()]
        if keys:
            rows = list(model._base_manager.filter(pk__in=keys))
            for row in rows:
                if also is not None:
                    also(row)
            _write(model, rows, [*fields, *(model._meta.get_field(name) for name in written)])
    return keys


def _write(model: type[models.Model], rows: list[Any], fields: list[Any]) -> None:
    """These columns of these rows, written as texts, in one statement."""
    quoted, key = connection.ops.quote_name, quoted_key(model)
    named = [quoted(str(field.column)) for field in fields]
    kinds = [getattr(field, "written_as", "text") for field in fields]
    sets = ", ".join(
        f"{name} = new.v{place}::{kind}" for place, (name, kind) in enumerate(zip(named, kinds, strict=True))
    )
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in fields
    ]
    arrays = ", ".join(
        f"%s::{type_}[]" for type_ in (model._meta.pk.rel_db_type(connection), *["text"] * len(fields))
    )
    names = ", ".join(["key", *(f"v{place}" for place in range(len(fields)))])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(model._meta.db_table)} AS old SET {sets}"  # noqa: S608 -- of the model
            f" FROM unnest({arrays}) AS new ({names}) WHERE old.{key} = new.key",
            [[row.pk for row in rows], *values],
        )


@contextmanager
def _quietly(model: type[models.Model]) -> Iterator[None]:
    """A transaction in which an update is none: the values stay what they were, so that the history has no line of it,
    and no row of `model` has changed since anybody asked."""
    with transaction.atomic(), connection.cursor() as cursor:
        _say(cursor, "on", [*dating(model), *_holding(model)])
        yield
        _say(cursor, "off", [])


def _holding(model: type[models.Model]) -> list[str]:
    """What the triggers of this model are called that hold columns to what they were."""
    label = model._meta.label_lower
    return [
        trigger.get_pgid(known)
        for known, trigger in pgtrigger.registered()
        if known._meta.label_lower == label and isinstance(trigger, pgtrigger.ReadOnly)
    ]


def _say(cursor: Any, resealing: str, ignored: list[str]) -> None:
    cursor.execute(
        "SELECT set_config('hrsuite.resealing', %s, true), set_config('pgtrigger.ignore', %s, true)",
        [resealing, f"{{{','.join(ignored)}}}"],
    )


def quoted_key(model: type[models.Model]) -> str:
    """The key's column, as SQL names it."""
    return connection.ops.quote_name(str(model._meta.pk.column))


def unseal(model: Any, names: list[str], schema_editor: Any) -> None:
    """The way back of a migration: the columns hold plain text again. In sets, each its own statement."""
    fields = [model._meta.get_field(name) for name in names]
    quoted = schema_editor.quote_name
    last: Any = _before_first(model)
    while batch := list(model._base_manager.filter(pk__gt=last).order_by("pk")[:SET]):
        last = batch[-1].pk
        with _quietly(model), schema_editor.connection.cursor() as cursor:
            sets = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
            cursor.executemany(
                f"UPDATE {quoted(model._meta.db_table)} SET {sets} WHERE {quoted(model._meta.pk.column)} = %s",  # noqa: S608
                [[*[getattr(row, field.attname) for field in fields], row.pk] for row in batch],
            )


def counts() -> dict[str, int]:
    """How many values each key has sealed; "" counts those that stand plain. Reads whole tables."""
    return summed(counted().values())


def summed(tables: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """How many values each key has in all of these tables."""
    found = Counter[str]()
    for by_key in tables:
        found.update(by_key)
    return dict(found)


def counted() -> dict[str, dict[str, int]]:
    """The same for each table, by the model's label."""
    return {model._meta.label_lower: counted_in(model) for model, _fields in columns()}


def counted_in(model: type[models.Model]) -> dict[str, int]:
    """The same for one table. One statement for each column, each reads the whole table."""
    found: dict[str, int] = {}
    quoted = connection.ops.quote_name
    for field in sealed_columns(model):
        asked, parameter = field.counted(quoted(str(field.column)), quoted(model._meta.db_table))
        with connection.cursor() as cursor:
            cursor.execute(asked, [parameter])
            for key, count in cursor.fetchall():
                found[key] = found.get(key, 0) + count
    return found


def _before_first(model: Any) -> Any:
    return (
        0 if isinstance(model._meta.pk, models.AutoField | models.BigAutoField | models.OneToOneField) else ""
    )
