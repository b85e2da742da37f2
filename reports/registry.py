"""What reports there are and what they count: one definition of each figure, for pages, the API and files.

A measure that comes to mean something else gets a new version; what was printed under the old one says so.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.days import midnight
from core.figures import Rate
from reports.once import Togethers
from reports.past import Past

if TYPE_CHECKING:
    from people.models import User

Text = str | Promise
People = Callable[["Asked", str | None], QuerySet[Any]]
Unit = Literal["count", "rate", "hours", "days", "minutes", "points"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure: what it is called, what exactly it counts, in which unit. `of`: the figure that it is a column of;
    `is_bounded`: a rate with what it could be had all who left failed, or all passed."""

    name: str
    title: Text
    words: Text
    unit: Unit = "count"
    version: int = 1
    of: str = ""
    is_bounded: bool = False

    @property
    def definition(self) -> str:
        """Name and version, as a rate carries them."""
        return f"{self.of or self.name}/{self.version}"


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: the middle one of `count`, and between what the middle half lies. None of nobody."""

    count: int
    median: float | None
    quarter: float | None
    three_quarters: float | None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A figure that this reader is not shown: it would tell of single persons (`reports.small`)."""


Value = int | Rate | Spread | Withheld


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `key` for programs (an id, a code, a day), `label` for people."""

    key: Any
    label: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Asked:
    """From `first` to `last`, both included, days in Shanghai; lines by `by`; of one opening or department tree, of
    these `openings`, or all that `user` may see; `as_of`: as it was known at the end of that day, None for now.
    Of an own table: `across`, what columns stand for, `measure`, the one figure shown, `only`, the lines that are
    counted as (way, key), and whether it has `charts`.
    `recovered`, `days`: the what-if of a report that looks ahead."""

    user: "User"
    first: date
    last: date
    by: str
    opening: int | None = None
    department: int | None = None
    recovered: int | None = None
    days: int = 0
    openings: tuple[int, ...] | None = None
    as_of: date | None = None
    across: str = ""
    measure: str = ""
    only: tuple[tuple[str, str], ...] = ()
    charts: bool = True

    @property
    def until(self) -> datetime | None:
        """The moment before which something has to be recorded to be known; None for everything."""
        if self.as_of is None or self.as_of >= timezone.localdate():
            return None
        return midnight(self.as_of + timedelta(days=1))

    @property
    def past(self) -> Past:
        """How rows stood then."""
        return Past(self.until)


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
SOURCE = Dimension("source", _("source"))
ROUND = Dimension("round", _("round"))
EVERYWHERE = (OPENING, DEPARTMENT, SPECIALIST, WEEK, MONTH)


@dataclass(frozen=True, slots=True)
class Table:
    """A report as it was asked for, its lines and their total, as of a moment; `withheld` of these are not shown."""

    report: "Report"
    asked: Asked
    as_of: datetime
    rows: list[Row]
    totals: dict[str, Value]
    withheld: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a report is counted over: one row for each thing that happened, and how its figures are read off them.

    `at` is the field of the moment, `opening` the way to the opening, `application` to the application, so that a
    figure can show whom it counts. `counts`: a name and which rows it counts; `read` finds each as `n_<name>`, beside
    the further aggregates in `figures`. A measure shows the rows of the count that has its name, or of `behind`.
    `sums`: what a measure adds up of each of these rows, where it does not count them.
    `own`: this report's further ways to part, with their words; `people`: further ways whose keys are colleagues.
    `named`: further ways whose keys are named together: the words of each key, by one statement for all of them.
    `order`: the keys of a way in the order in which its lines stand, where that is not their own.
    `beside_all`: ways that part by what only some rows have (the cause of an exit). `read` finds as `all_<name>` what a
    line's share is taken of: with these ways what all their lines count together, else the line's own counts.
    `together`: what `counts` and `figures` name besides, looked up for all rows that are counted at once.
    """

    rows: "QuerySet[Any]"
    at: str
    opening: str
    application: str
    counts: dict[str, Q]
    read: Callable[[dict[str, Any]], dict[str, Value]]
    figures: dict[str, Any] = field(default_factory=dict)
    behind: dict[str, str] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    own: dict[str, tuple[Any, Callable[[Any], str]]] = field(default_factory=dict)
    people: tuple[str, ...] = ()
    named: dict[str, tuple[Any, Callable[[Collection[Any]], dict[Any, str]]]] = field(default_factory=dict)
    order: dict[str, list[Any]] = field(default_factory=dict)
    beside_all: frozenset[str] = frozenset()
    together: Togethers = ()

    def figures_of(self, found: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, "Value"]:
        """The figures of a line, beside the `whole` that its shares are taken of."""
        every = {f"all_{name}": whole[f"n_{name}"] for name in self.counts} if self.beside_all else {}
        return self.read(defaultdict(int, {**found, **every}))

    def counted_by(self, measure: str) -> Q | None:
        """Which rows a measure counts; None where no list says it."""
        return self.counts.get(self.behind.get(measure, measure))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report: its measures, what its lines can stand for, and the facts that they are counted over.

    `records_for_hr`: what it counts is told by records that HR alone reads one by one; others see no small groups.
    A report without facts counts its `table` by itself; one that `looks_ahead` begins with this month, and knows a
    what-if. `knows_past`: it can be asked as of a past day. `beside`: figures of other reports that whoever reads this
    one looks for here, as (report, measure). `funnel`: the counts that follow one another, of each step those left of
    the one before. `earlier`: the report as it was before one of its figures came to mean something else, each version
    whole, so that what was printed under it can be counted again. `rests`: a count and those of its parts that are told
    beside it, by their names in `reports.small`: what these leave of it is told, too. `people`: whom a figure counts
    that is counted without facts, of all lines or of the one whose key reads so.
    """

    name: str
    title: Text
    words: Text
    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...]
    facts: Callable[[Asked], Facts] | None = None
    table: Callable[[Asked], Table] | None = None
    version: int = 1
    records_for_hr: bool = False
    looks_ahead: bool = False
    knows_past: bool = False
    beside: tuple[tuple[str, str], ...] = ()
    funnel: tuple[str, ...] = ()
    rests: tuple[tuple[str, ...], ...] = ()
    people: Mapping[str, People] = field(default_factory=dict)
    earlier: tuple["Report", ...] = ()

    @property
    def versions(self) -> tuple["Report", ...]:
        """The report as it counts now, and as it counted before."""
        return (self, *self.earlier)

    def facts_of(self, asked: Asked) -> Facts | None:
        """What it is counted over; None where it counts by itself."""
        return self.facts(asked) if self.facts else None

    def people_of(self, asked: Asked) -> Mapping[str, People]:
        """The lists of a report that counts by itself: of what is, not of a past day or of a what-if."""
        return self.people if asked.until is None and asked.recovered is None else {}
