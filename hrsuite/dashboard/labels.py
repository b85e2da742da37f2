"""Labels of rows of any app, read in sets: the words beside an event's subject or a reaction's effect."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

# Names of rows are made of their rows' rows ("张三 · 数据分析师"): three steps reach a candidate from a follow-up.
DEEPEST = 3


def labels_of(references: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The label of every row named as ("app.model", id): one query per model, however many rows.

    A row that is gone, or whose model is, has no entry.
    """
    ids: dict[str, set[int]] = defaultdict(set)
    for model_label, pk in references:
        ids[model_label].add(pk)
    found = {}
    for model_label, pks in sorted(ids.items()):
        model = _model(model_label)
        if model is None:
            continue
        related = related_names(model)
        rows = model._default_manager.filter(pk__in=pks)
        for row in rows.select_related(*related) if related else rows:
            found[model_label, row.pk] = str(row)
    return found


def names_of(model_labels: Iterable[str]) -> dict[str, str]:
    """What a kind of row is called on screen, by "app.model"; unknown ones as they are."""
    named = {}
    for model_label in set(model_labels):
        model = _model(model_label)
        named[model_label] = str(model._meta.verbose_name) if model else model_label
    return named


def related_names(model: type[Model], depth: int = DEEPEST) -> list[str]:
    """The foreign keys that a label may walk: those of recruitment's spine and of whatever hangs on it."""
    names = []
    for relation in model._meta.get_fields():
        if not isinstance(relation, ForeignKey) or relation.name not in _SPINE:
            continue
        names.append(relation.name)
        if depth > 1:
            target: Any = relation.related_model
            names += [f"{relation.name}__{name}" for name in related_names(target, depth - 1)]
    return names


_SPINE = {
    "application",
    "candidate",
    "case",
    "course",
    "delay",
    "employee",
    "interview",
    "message",
    "opening",
    "plan",
    "step",
    "training_plan",
}


def _model(model_label: str) -> type[Model] | None:
    try:
        return apps.get_model(model_label)
    except (LookupError, ValueError):
        return None
