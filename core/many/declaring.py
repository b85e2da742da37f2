"""What may be done with many rows at once: declared beside the step on one row, looked up by whoever carries it out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django_stubs_ext import StrPromise

Text = str | StrPromise


def _nothing(*_asked: Any) -> dict[int, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class ManyStep:
    """A step for a selection. `take(person, row's id, values)` is the service's own step on one row, in its own
    transaction: it locks, checks the right, and refuses.

    `left_out(person, rows)` says beforehand for whom it cannot be, and why; `foresee(rows)` what else will happen;
    `each(values, rows)` gives a row values of its own. All three read in sets: as many queries for a thousand as for
    one. `undo` names the step that takes it back; `read` joins what these three need.
    """

    name: str
    title: Text
    take: Callable[[Any, int, dict[str, Any]], object]
    form: type[Any] | None = None
    look: str = ""
    words: Text = ""
    read: Callable[["QuerySet[Any]"], "QuerySet[Any]"] = lambda rows: rows
    left_out: Callable[[Any, Sequence[Any]], Mapping[int, Text]] = _nothing
    foresee: Callable[[Sequence[Any]], Sequence[Text]] = lambda rows: ()
    each: Callable[[dict[str, Any], Sequence[Any]], Mapping[int, dict[str, Any]]] = _nothing
    undo: str = ""


_declared: dict[str, list[ManyStep]] = {}


def declare(model: type[Model], *steps: ManyStep) -> None:
    """Offer these for the lists of `model`; a higher floor, or a satellite, adds its own behind them."""
    _declared.setdefault(model._meta.label_lower, []).extend(steps)


def steps_of(label: str) -> list[ManyStep]:
    """What is declared for a model, by its label in small letters."""
    return list(_declared.get(label, ()))


def step_of(label: str, name: str) -> ManyStep | None:
    """The step of this name; None when there is none any more."""
    return next((step for step in steps_of(label) if step.name == name), None)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a form found, as it can be kept: times in ISO 8601, rows by their ids, decimals by their digits."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, QuerySet | list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
