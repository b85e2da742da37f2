"""What reports there are and what they count: one definition of each figure, for pages, the API and files.

A measure that comes to mean something else gets a new version; what was printed under the old one says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.figures import Rate

if TYPE_CHECKING:
    from people.models import User

Text = str | Promise
Unit = Literal["count", "rate", "hours", "days"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure: what it is called, what exactly it counts, in which unit."""

    name: str
    title: Text
    words: Text
    unit: Unit = "count"
    version: int = 1

    @property
    def definition(self) -> str:
        """Name and version, as a rate carries them."""
        return f"{self.name}/{self.version}"


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: the middle one of `count`, and between what the middle half lies. None of nobody."""

    count: int
    median: float | None
    quarter: float | None
    three_quarters: float | None


Value = int | Rate | Spread


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `key` for programs (an id, a code, a day), `label` for people."""

    key: Any
    label: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Asked:
    """From `first` to `last`, both included, days in Shanghai; lines by `by`; of one opening or department tree, or all
    that `user` may see."""

    user: "User"
    first: date
    last: date
    by: str
    opening: int | None = None
    department: int | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """What lines can stand for."""

    name: str
    title: Text


OPENING = Dimension("opening", _("opening"))
DEPARTMENT = Dimension("department", _("department"))
SPECIALIST = Dimension("specialist", _("recruiting specialist"))
WEEK = Dimension("week", _("week"))
MONTH = Dimension("month", _("month"))
EVERYWHERE = (OPENING, DEPARTMENT, SPECIALIST, WEEK, MONTH)


@dataclass(frozen=True, slots=True)
class Table:
    """A report as it was asked for, its lines and their total, as of a moment."""

    report: "Report"
    asked: Asked
    as_of: datetime
    rows: list[Row]
    totals: dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report; `count` answers its lines and the total over them (never their sum: medians and rates have none)."""

    name: str
    title: Text
    words: Text
    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...]
    count: Callable[[Asked], tuple[list[Row], dict[str, Value]]]
    version: int = 1

    def table(self, asked: Asked) -> Table:
        """The report, counted now."""
        as_of = timezone.now()
        rows, totals = self.count(asked)
        return Table(self, asked, as_of, rows, totals)
