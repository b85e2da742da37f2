"""What an app's `invariants.py` is made of: a promise, how to find what breaks it, and what is done about that.

INVARIANTS = [Invariant(code="app.promise", title=_("…"), advice=_("…"), rows=breaking_rows, repair=mend_one)]
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from core.collecting import declared

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Found:
    """What breaks a promise and is no row of one kind: a row of `model` by its number, or a name without a page."""

    model: str = ""
    key: int | None = None
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Invariant:
    """One promise. Either `rows()` answers the rows that break it, or `look()` goes through what no query sees.

    `title` is the promise as a sentence, `advice` what a person does about a row that breaks it. `repair(key)` brings
    one row to what it has to be, through the service that would have done so; it is safe on a row that is well. None:
    by a person alone.
    """

    code: str
    title: Text
    advice: Text
    rows: Callable[[], "QuerySet[Any]"] | None = None
    look: Callable[[], Iterable[Found]] | None = None
    repair: Callable[[int], Any] | None = None

    def __post_init__(self) -> None:
        if (self.rows is None) == (self.look is None):
            raise ValueError(f"{self.code}: say either rows or look")


def declared_invariants() -> dict[str, Invariant]:
    """Every promise of every app's invariants.py, by code, in the order of the apps."""
    found = [one for module in declared("invariants") for one in module.INVARIANTS]
    return {one.code: one for one in found}
