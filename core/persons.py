"""Everything that hangs on one person, found by the foreign keys; and what goes of it when the person is erased.

Every app's `erasing.py` may say:

DELETED = ["RoomLink"]                                   # rows that go as a whole
KEPT = {"Assessment": ["method"]}                        # texts that say nothing about the person, and stay
REPLACED = {"Candidate": {"name": ANONYMOUS}}            # what stands there afterwards
PARTS = [Part("recordings", _("Recordings"), 10, erase)] # what no column says: files, rows shared with others
HELD = [records]                                         # the rows of whoever is held for a dispute: none goes
ALSO = [messages_about]                                  # rows that no foreign key leads to, from those that are known

A text, a JSON or a binary column of such a row that nothing is said of is emptied: what is added later is never
forgotten. Codes with a list of choices stay, as do figures, times and keys, so that reports count as before.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_fsm import FSMField
from django_stubs_ext import StrPromise

from core.collecting import declared

ANONYMOUS = "已匿名"
# From this order on parts take away how the person is called and reached: whoever asked for it is told before.
LAST = 90
Records = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody about to be erased: the rows that hang on them by label, and the words by which others name them."""

    root: type[models.Model]
    records: Records
    name: str = ""
    ways: tuple[str, ...] = ()

    def of(self, model: type[models.Model]) -> list[int]:
        """The keys of this model's rows."""
        return self.records.get(model._meta.label_lower, [])

    @property
    def words(self) -> list[str]:
        """What is looked for in texts: the longest first."""
        return sorted({word for word in (self.name, *self.ways) if word}, key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of erasing: safe to run twice, in one transaction. `erase` answers how many rows or files went."""

    code: str
    title: str | StrPromise
    order: int
    erase: Callable[[Person], int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is said of the models, by label."""

    deleted: frozenset[str]
    kept: Mapping[str, frozenset[str]]
    replaced: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def parts() -> list[Part]:
    """Every app's, in the order in which they are taken."""
    found = [part for module in declared("erasing") for part in getattr(module, "PARTS", ())]
    return sorted(found, key=lambda part: (part.order, part.code))


def plan() -> Plan:
    """What every app says of its models."""
    kept = {label: frozenset(names) for label, names in _said("KEPT")}
    return Plan(frozenset(label for label, _none in _said("DELETED")), kept, dict(_said("REPLACED")))


def _said(name: str) -> Iterator[tuple[str, Any]]:
    for module in declared("erasing"):
        app = apps.get_containing_app_config(module.__name__)
        assert app is not None  # noqa: S101 -- it was found in one
        told = getattr(module, name, ())
        for model in told:
            label = apps.get_model(app.label, model)._meta.label_lower
            yield label, told[model] if isinstance(told, dict) else None


def reached(root: type[models.Model]) -> dict[str, list[models.ForeignKey[Any, Any]]]:
    """Every model whose rows hang on those of `root`, with the keys that they hang by; the nearer ones first.

    The database's own tables only: none that an account or an opening has.
    """
    found: dict[str, list[models.ForeignKey[Any, Any]]] = {root._meta.label_lower: []}
    queue = [root]
    while queue:
        parent = queue.pop(0)
        relations: list[Any] = list(parent._meta.get_fields(include_hidden=True))
        for relation in relations:
            if not (relation.one_to_many or relation.one_to_one) or relation.concrete:
                continue
            child, key = relation.related_model, relation.field
            if child is parent or not isinstance(key, models.ForeignKey):
                continue
            label = child._meta.label_lower
            if label not in found:
                found[label] = []
                queue.append(child)
            if key not in found[label]:
                found[label].append(key)
    return found


def records_of(root: models.Model, *, also: tuple[int, ...] = ()) -> Records:
    """The keys of every row that hangs on this one; `also` are keys that it had before. A query for each key."""
    label = root._meta.label_lower
    found: Records = {label: [root.pk, *also]}
    for child, keys in reached(type(root)).items():
        ids = set(found.get(child, ()))
        for key in keys:
            above = found.get(key.related_model._meta.label_lower)
            if above:
                rows = apps.get_model(child)._base_manager.filter(**{f"{key.attname}__in": above})
                ids |= set(rows.values_list("pk", flat=True))
        if child != label:
            found[child] = sorted(ids)
    for module in declared("erasing"):
        for also_about in getattr(module, "ALSO", ()):
            found |= also_about(found)
    return found


def held_records() -> Records:
    """The keys of every row that may not go, by label, as every app says."""
    found: Records = {}
    for module in declared("erasing"):
        for records in getattr(module, "HELD", ()):
            for label, ids in records().items():
                found[label] = sorted({*found.get(label, ()), *ids})
    return found


def in_order(person: "Person") -> list[type[models.Model]]:
    """The models of the person's rows, the nearer ones first; the person's own is the first."""
    near = reached(person.root)
    return [
        apps.get_model(label) for label in (*near, *(each for each in person.records if each not in near))
    ]


def emptied(model: type[models.Model], said: Plan) -> dict[str, Any]:
    """What stands in the columns of this model afterwards; those that stay are not named."""
    label = model._meta.label_lower
    values: dict[str, Any] = {}
    for column in speaking(model):
        if column.name in said.replaced.get(label, {}):
            values[column.name] = said.replaced[label][column.name]
        elif column.name not in said.kept.get(label, ()):
            values[column.name] = _nothing(column)
    return values


def speaking(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns that may hold words about somebody."""
    return [column for column in model._meta.local_concrete_fields if _may_speak(column)]


def _may_speak(column: models.Field[Any, Any]) -> bool:
    if column.primary_key or column.is_relation or column.choices or isinstance(column, FSMField):
        return False
    if isinstance(column, ArrayField):
        return isinstance(column.base_field, models.CharField | models.TextField)
    return isinstance(column, models.CharField | models.TextField | models.JSONField | models.BinaryField)


def _nothing(column: models.Field[Any, Any]) -> Any:
    if column.null:
        return None
    if isinstance(column, ArrayField):
        return []
    if isinstance(column, models.JSONField):
        return column.get_default() if callable(column.default) else {}
    return b"" if isinstance(column, models.BinaryField) else ""


def counted(records: Records) -> tuple[list[tuple[Any, int]], list[tuple[Any, int]]]:
    """Kinds of rows and how many there are of each: those that go as a whole, those that stay without words."""
    said = plan()
    going: list[tuple[Any, int]] = []
    staying: list[tuple[Any, int]] = []
    for label, ids in records.items():
        model = apps.get_model(label)
        if ids and not model._meta.auto_created:
            line = (model._meta.verbose_name, len(ids))
            (going if label in said.deleted else staying).append(line)
    return going, staying


def without(value: Any, words: list[str]) -> Any:
    """The same texts, lists and objects, with each of these words said as nobody's."""
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, ANONYMOUS)
        return value
    if isinstance(value, list):
        return [without(each, words) for each in value]
    if isinstance(value, dict):
        return {key: without(each, words) for key, each in value.items()}
    return value
