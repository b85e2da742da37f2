"""A report as a table of plain cells: what a workbook and a page show."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from core.exchange.writing import Notes, Share
from core.figures import Rate
from reports import apart
from reports.cells import asked_words, excluded, withheld
from reports.registry import Measure, Spread, Table, Value, Withheld

# How many columns a measure takes; a duration or a score takes four.
COLUMNS = {"count": 1, "rate": 3}
OF_A_SPREAD, OF_BOUNDS = 4, 2


def notes(table: Table) -> Notes:
    """What a workbook says beside the table: what was asked and when it was counted, who is left out of each rate,
    which lines stand apart, and what each figure counts."""
    report = table.report
    rows: list[list[Any]] = [[str(report.title), str(report.words), f"{report.name}/{report.version}"]]
    rows.append([_("Counted"), asked_words(table)])
    for one in excluded(table):
        left_out = " · ".join(f"{part.reason.label} {part.count}" for part in one["parts"])
        rows.append([_("Left out of “%(title)s”:") % {"title": one["title"]}, left_out])
    rows += [["", sentence] for sentence in filter(None, [withheld(table), *apart.sentences(table)])]
    rows += defined(report.measures)
    return Notes(_("What each figure counts"), rows)


def defined(measures: Iterable[Measure]) -> list[list[Any]]:
    """What each figure counts, where its name does not say it."""
    return [[str(one.title), str(one.words), one.definition] for one in measures if one.words]


def _columns(measure: Measure) -> int:
    return COLUMNS.get(measure.unit, OF_A_SPREAD) + OF_BOUNDS * measure.is_bounded


def headings(table: Table) -> list[str]:
    """The first column is what lines stand for; a rate takes three, with bounds five, a duration four."""
    by = next(one for one in table.report.dimensions if one.name == table.asked.by)
    found = [str(by.title)]
    for measure in table.report.measures:
        title = str(measure.title)
        match measure.unit:
            case "rate":
                found += [
                    title,
                    _("%(title)s: numerator") % {"title": title},
                    _("%(title)s: of") % {"title": title},
                ]
                if measure.is_bounded:
                    found += [
                        _("%(title)s: at least") % {"title": title},
                        _("%(title)s: at most") % {"title": title},
                    ]
            case "count":
                found.append(title)
            case _spread:
                found += [
                    _("%(title)s: half") % {"title": title},
                    _("%(title)s: a quarter") % {"title": title},
                    _("%(title)s: three quarters") % {"title": title},
                    _("%(title)s: of") % {"title": title},
                ]
    return found


def lines(table: Table) -> Iterator[list[Any]]:
    """Every line and the total, in the order of the headings. What is not known is empty, never 0; what is withheld is
    said in a last line."""
    for row in table.rows:
        yield [row.label, *_cells(table, row.values)]
    yield [_("total"), *_cells(table, table.totals)]
    if table.withheld:
        yield [withheld(table)]


def _cells(table: Table, values: dict[str, Value]) -> list[Any]:
    found: list[Any] = []
    for measure in table.report.measures:
        match values[measure.name]:
            case Rate() as rate:
                found += [share(rate.value), rate.numerator, rate.denominator]
                if measure.is_bounded:
                    found += [share(rate.low), share(rate.high)]
            case Spread() as spread:
                found += [spread.median, spread.quarter, spread.three_quarters, spread.count]
            case Withheld():
                found += [_("withheld"), *[None] * (_columns(measure) - 1)]
            case count:
                found.append(count)
    return found


def share(value: float | None) -> Share | None:
    """As a workbook has it: nothing where it is not known."""
    return None if value is None else Share(value)
