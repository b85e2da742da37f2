"""What the history holds of a person: which column changed, when and by whom stays; what stood there goes.

The chain of days still holds: a change that is erased keeps the digest that it had (`core.history.seals`).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from core.history.models import Change, Did, Look, LookKind
from core.history.opening import opened
from core.history.seals import DIGEST
from core.persons import Part, Person, in_order, reached, speaking, without

# Triggers write the keys of a row as they stand in its table.
_FORGET = f"""
    UPDATE history_change SET
        erased = {DIGEST},
        unseen = NULLIF(ARRAY(
            SELECT DISTINCT name FROM unnest(coalesce(unseen, '{{}}') || ARRAY(
                SELECT key FROM jsonb_object_keys(coalesce(before, '{{}}') || coalesce(after, '{{}}')) AS key
                WHERE key = ANY (%(columns)s)
            )) AS name ORDER BY name), '{{}}'),
        before = before - %(columns)s::text[],
        after = after - %(columns)s::text[],
        why = ''
    WHERE model = %(model)s AND object_id = ANY (%(ids)s)
        AND (why <> '' OR before ?| %(columns)s OR after ?| %(columns)s)
"""  # noqa: S608 -- of the texts of these modules


def _changes(person: Person) -> int:
    near, count = reached(person.root), 0
    with opened():
        for model in in_order(person):
            label = model._meta.label_lower
            ids = {*map(str, person.of(model)), *_deleted_before(person, label, near.get(label, []))}
            columns = [str(column.column) for column in speaking(model)]
            count += _forget(label, columns, ids)
    return count


def forget(model: type[Model], columns: list[str], ids: Iterable[int]) -> int:
    """What ever stood in these columns of these rows goes; how many changes lost something."""
    with opened():
        return _forget(model._meta.label_lower, columns, set(map(str, ids)))


def _forget(label: str, columns: list[str], ids: set[str]) -> int:
    if not ids or not columns:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"columns": columns, "model": label, "ids": sorted(ids)})
        return cursor.rowcount


def _deleted_before(person: Person, label: str, keys: Iterable[Any]) -> Iterator[str]:
    """Rows of the person's that were deleted long ago: their last values stand in the history alone."""
    for key in keys:
        above = person.of(key.related_model)
        gone = Change.objects.filter(model=label, did=Did.DELETED, **{f"before__{key.column}__in": above})
        yield from gone.values_list("object_id", flat=True)


def _looks(person: Person) -> int:
    """Who opened the person's pages; and the words that lists were searched by when they were taken out."""
    count = 0
    with opened():
        for label, ids in person.records.items():
            looks = Look.objects.filter(model=label, object_id__in=[str(pk) for pk in ids])
            count += looks._raw_delete("default") or 0
        if person.words:
            for look in Look.objects.filter(_speaks_of(person), kind=LookKind.EXPORT):
                facts = without(look.facts, person.words)
                count += Look.objects.filter(pk=look.pk).update(facts=facts)
    return count


def _speaks_of(person: Person) -> Q:
    said = Q(pk__in=[])
    for word in person.words:
        said |= Q(facts__icontains=word)
    return said


PARTS = [
    # The words are known until the person's own row is emptied; what that row held then goes from the history.
    Part("looks", _("Who looked at the record"), 80, _looks),
    Part("history", _("Values in the history"), 100, _changes),
]
