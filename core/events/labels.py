"""Labels of rows of any app, read in sets: the words beside an event's subject or a reaction's effect."""

from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.db.models import Model


def labels_of(
    references: Iterable[tuple[str, int]], known: Iterable[Model] = ()
) -> dict[tuple[str, int], str]:
    """The label of every row named as ("app.model", id): one query per model, however many rows. Those `known` are at
    hand with all that their names are made of.

    A row that is gone, or whose model is, has no entry.
    """
    ids: dict[str, set[int]] = defaultdict(set)
    at_hand = {(row._meta.label_lower, row.pk): row for row in known}
    found = {}
    for model_label, pk in references:
        if (model_label, pk) in at_hand:
            found[model_label, pk] = str(at_hand[model_label, pk])
        else:
            ids[model_label].add(pk)
    for model_label, pks in sorted(ids.items()):
        model = _model(model_label)
        if model is None:
            continue
        rows = model._default_manager.filter(pk__in=pks)
        # A name is made of other rows' names ("张三 · 数据分析师"): the model says of which.
        named_through: tuple[str, ...] = getattr(model, "named_through", ())
        for row in rows.select_related(*named_through) if named_through else rows:
            found[model_label, row.pk] = str(row)
    return found


def names_of(model_labels: Iterable[str]) -> dict[str, str]:
    """What a kind of row is called on screen, by "app.model"; unknown ones as they are."""
    named = {}
    for model_label in set(model_labels):
        model = _model(model_label)
        named[model_label] = str(model._meta.verbose_name) if model else model_label
    return named


def _model(model_label: str) -> type[Model] | None:
    try:
        return apps.get_model(model_label)
    except (LookupError, ValueError):
        return None
