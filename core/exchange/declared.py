"""What can be exchanged: every app's `exchange.py` declares it once for each kind, and the roof collects.

EXCHANGED = [Exchanged(kind="candidates", title=_("Candidates"), columns=(Column(…), …), …)]
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.collecting import declared
from core.errors import Invalid
from core.exchange import cells, reading
from core.exchange.cells import Fault
from core.exchange.files import Cell, Line, unreadable

Text = str | Promise
# The heading is looked for in so many first lines: above it stand titles and notes.
HEADING_WITHIN = 15
ALL_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: what `parse` makes of a cell stands in a row's values under `name`.

    It is recognised by its heading in every language of the suite, and by `synonyms`. `choices` fill a drop-down of the
    template; `words` say there what to write. `is_personal`: shown in exports only to whom the right is given.
    """

    name: str
    heading: Text
    parse: Callable[[Cell], Any] = cells.text
    synonyms: tuple[str, ...] = ()
    required: bool = False
    example: str = ""
    words: Text = ""
    choices: Callable[[], Iterable[str]] | None = None
    is_personal: bool = False

    def names(self) -> set[str]:
        """Everything that it is called by, as headings are compared."""
        found = {*self.synonyms, self.name}
        for language in ALL_LANGUAGES:
            with translation.override(language):
                found.add(str(self.heading))
        return {cells.key(each) for each in found}


@dataclass(frozen=True, kw_only=True)
class Exchanged:
    """What can be imported as `kind`.

    `may(person)` says who, `sees_all(person)` who sees everybody's files and not only the own; `signed(person)` is the
    name in the ledger. `together(values)` names what two rows of one file may not share, `agree(values)` what they must
    say alike where they do: key → value. `check(batch, rows)` says
    of rows what would become of them, `apply(batch, rows)` does it and `undo(batch, rows)` takes back what they made.
    All three are given a set of rows, write them, and are safe to run twice.

    `inspect(content)` refuses what is not taken, `lines(content)` makes rows of the rest: a table, unless something
    else is declared. `is_of_files`: each row is a file of its own that takes seconds; few are looked at in one go, and
    neither template nor matching of columns is offered. `onward()` is where one goes on with what was imported: an
    address and what to do there.
    """

    kind: str
    title: Text
    columns: tuple[Column, ...]
    may: Callable[[Any], bool]
    sees_all: Callable[[Any], bool]
    signed: Callable[[Any], str]
    together: Callable[[Mapping[str, Any]], Sequence[str]]
    agree: Callable[[Mapping[str, Any]], Mapping[str, str]]
    check: Callable[[Any, list[Any]], None]
    apply: Callable[[Any, list[Any]], None]
    undo: Callable[[Any, list[Any]], None]
    inspect: Callable[[bytes], None] = reading.inspect
    lines: Callable[[bytes], Iterator[Line]] = reading.lines
    is_of_files: bool = False
    onward: Callable[[], tuple[str, Text]] | None = None

    def column(self, name: str) -> Column:
        """By its name."""
        return next(column for column in self.columns if column.name == name)

    def heading(self, name: str) -> str:
        """A column's heading in the reader's language; "" for the row as a whole."""
        return next((str(column.heading) for column in self.columns if column.name == name), "")

    def recognised(self, headings: Sequence[str]) -> dict[str, int]:
        """Which column stands where: name → place. Of two headings that mean the same the first counts."""
        found: dict[str, int] = {}
        by_key = {key: column.name for column in self.columns for key in column.names()}
        for place, heading in enumerate(headings):
            name = by_key.get(cells.key(heading))
            if name is not None:
                found.setdefault(name, place)
        return found

    def values(self, line: Line, places: Mapping[str, int]) -> tuple[dict[str, Any], list[Fault]]:
        """What the row's cells say, and what is wrong with them. A column that is not there says None."""
        found: dict[str, Any] = {}
        faults = []
        for column in self.columns:
            place = places.get(column.name)
            cell = line.cells[place] if place is not None and place < len(line.cells) else None
            found[column.name] = None
            try:
                found[column.name] = column.parse(cell)
            except Fault as fault:
                fault.column = column.name
                faults.append(fault)
                continue
            if column.required and found[column.name] is None:
                faults.append(Fault("missing", cells.MISSING, column=column.name))
        return found, faults


def declared_exchanges() -> dict[str, Exchanged]:
    """Every kind of every app, by name."""
    return {each.kind: each for module in declared("exchange") for each in getattr(module, "EXCHANGED", ())}


def exchanged(kind: str) -> Exchanged:
    """One kind. Invalid: kind_unknown."""
    found = declared_exchanges().get(kind)
    if found is None:
        raise Invalid(
            "kind_unknown", _("There is nothing of this kind to import."), known=sorted(declared_exchanges())
        )
    return found


def heading_of(kind: Exchanged, first: Sequence[Line]) -> int:
    """Which of the first lines is the heading: the one that names most columns. Invalid: headings_unknown."""
    scored = [(len(kind.recognised([cells.shown(cell) for cell in line.cells])), line) for line in first]
    best = max((score for score, _line in scored), default=0)
    if not best:
        raise unreadable(
            "headings_unknown",
            _("No column of this table is known. Please use the template, or match the columns by hand."),
        )
    return next(place for place, (score, _line) in enumerate(scored) if score == best)
