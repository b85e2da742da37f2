"""Which tables keep a history, and of which columns: all of the house, but for what an app's `recorded.py` says.

NOT_RECORDED = {"Lease": "a heartbeat every ten seconds"}      # a model, and the reason
CHANGED_ONLY = {"Candidate": ["other_contacts"]}               # that it changed is kept, what it was is not
NOT_SAID = {"Candidate": ["search_key"]}                       # follows from other columns: no change of its own
DRAFTS = {"Answer": ("finished_at", ["text", "saved_at"])}     # not said while the first is empty
PARTIES = {"room/": "candidate"}                               # who acts at these addresses without an account
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from core.changes import CHANGED
from core.collecting import declared, house

# Whatever the model: a value of such a column never stands in the history.
SECRET = re.compile(r"password|secret|token|digest|hash$|sealed|encrypted|blind|private")
# Sort and search keys follow from what they are made of, a dated row's time from its change.
FOLLOWS = {CHANGED, "name_key", "search_key", "of_opening_id"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """One table that keeps a history, as its triggers are told."""

    label: str
    table: str
    pk: str
    not_said: tuple[str, ...]
    unseen: tuple[str, ...]
    draft: str
    drafted: tuple[str, ...]

    def arguments(self) -> tuple[str, ...]:
        """What the triggers get, in their order."""
        return (
            self.label, self.pk, _array(self.not_said), _array(self.unseen), self.draft, _array(self.drafted)
        )  # fmt: skip


def declarations() -> Iterator[dict[str, Any]]:
    """What every app's `recorded.py` says."""
    for module in declared("recorded"):
        yield vars(module)


@cache
def not_recorded() -> dict[str, str]:
    """The models without a history, each with its reason."""
    return dict(_of_models("NOT_RECORDED"))


@cache
def recorded() -> dict[str, Recorded]:
    """Every table with a history, by the model's label."""
    unseen, not_said = dict(_of_models("CHANGED_ONLY")), dict(_of_models("NOT_SAID"))
    drafts = dict(_of_models("DRAFTS"))
    found = {}
    for model in business_models():
        label = model._meta.label_lower
        if label in not_recorded():
            continue
        columns = {field.name: field for field in model._meta.local_concrete_fields}
        draft, drafted = drafts.get(label, ("", ()))
        found[label] = Recorded(
            label=label,
            table=model._meta.db_table,
            pk=str(model._meta.pk.column),
            not_said=tuple(
                sorted(
                    {str(field.column) for field in columns.values() if field.column in FOLLOWS}
                    | {str(columns[name].column) for name in not_said.get(label, ())}
                )
            ),
            unseen=tuple(
                sorted(
                    {str(field.column) for field in columns.values() if _secret(field)}
                    | {str(columns[name].column) for name in unseen.get(label, ())}
                )
            ),
            draft=str(columns[draft].column) if draft else "",
            drafted=tuple(str(columns[name].column) for name in drafted),
        )
    return found


def business_models() -> Iterator[type[models.Model]]:
    """Every model of the house with a table of its own, those of many-to-many fields included."""
    ours = {app.label for app in house()}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in ours and model._meta.managed and not model._meta.proxy:
            yield model


def _secret(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.BinaryField) or bool(SECRET.search(str(field.column)))


def _of_models(name: str) -> Iterator[tuple[str, Any]]:
    for module in declarations():
        app = apps.get_containing_app_config(module["__name__"])
        assert app is not None  # noqa: S101 -- it was found in one
        for model, said in module.get(name, {}).items():
            yield apps.get_model(app.label, model)._meta.label_lower, said


def _array(names: tuple[str, ...]) -> str:
    return "{" + ",".join(names) + "}"
