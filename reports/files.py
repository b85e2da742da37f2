"""A report as a table of plain cells: what a workbook and a page show."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from core.figures import Rate
from reports.cells import withheld
from reports.registry import Spread, Table, Value, Withheld

# How many columns a measure takes; a duration or a score takes four.
COLUMNS = {"count": 1, "rate": 3}
OF_A_SPREAD = 4


def headings(table: Table) -> list[str]:
    """The first column is what lines stand for; a rate takes three, a duration four."""
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
                found += [rate.value, rate.numerator, rate.denominator]
            case Spread() as spread:
                found += [spread.median, spread.quarter, spread.three_quarters, spread.count]
            case Withheld():
                found += [_("withheld"), *[None] * (COLUMNS.get(measure.unit, OF_A_SPREAD) - 1)]
            case count:
                found.append(count)
    return found
