"""Which lines of a report stand apart from all its others: comparisons that allow for every line being looked at."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.figures import Rate
from reports.differences import Difference, can_be_told, difference
from reports.registry import Measure, Row, Table

PAIR = 2
# In words as many as somebody reads; over the API stand all of them.
MOST_SENTENCES = 12


@dataclass(frozen=True, slots=True)
class Apart:
    """A line whose rate differs from that of all other lines together by more than chance would explain."""

    measure: Measure
    row: Row
    rest: Rate
    difference: Difference


@dataclass(frozen=True, slots=True)
class Comparisons:
    """How many comparisons the table allows, and the lines that stand apart, the farthest first."""

    looks: int
    found: list[Apart]


def comparisons(table: Table) -> Comparisons:
    """Each line's rates against those of all other lines together, where both sides have enough data.

    The intervals hold together with 95 %, however many lines and rates there are (Bonferroni; `reports.differences`).
    Compared is what adds up alone: a line is counted in the total, and in no other line. Nothing where figures are
    withheld, or columns stand for something else.
    """
    if table.withheld or table.asked.across:
        return Comparisons(0, [])
    pairs = [pair for measure in table.report.measures for pair in _pairs(table, measure)]
    found = []
    for measure, row, mine, rest in pairs:
        apart = difference(rest, mine, looks=len(pairs))
        if apart is not None and apart.is_clear:
            found.append(Apart(measure, row, rest, apart))
    return Comparisons(len(pairs), sorted(found, key=lambda one: -abs(one.difference.value)))


def _pairs(table: Table, measure: Measure) -> Iterator[tuple[Measure, Row, Rate, Rate]]:
    total = table.totals[measure.name]
    rows = [(row, rate) for row in table.rows if isinstance(rate := row.values[measure.name], Rate)]
    if not isinstance(total, Rate) or not _adds_up(total, [rate for _row, rate in rows]):
        return
    # Of two lines each is the other's rest: that is one comparison.
    for row, mine in rows[:1] if len(rows) == PAIR else rows:
        rest = Rate(
            total.numerator - mine.numerator, total.denominator - mine.denominator, measure.definition
        )
        if can_be_told(rest, mine):
            yield measure, row, mine, rest


def _adds_up(total: Rate, parts: list[Rate]) -> bool:
    return (sum(one.numerator for one in parts), sum(one.denominator for one in parts)) == (
        total.numerator,
        total.denominator,
    )


def sentences(table: Table) -> list[str]:
    """The same in words, for page, workbook and PDF: nothing where nothing can be compared."""
    compared = comparisons(table)
    if not compared.looks:
        return []
    if not compared.found:
        return [
            _(
                "No line stands apart from the others: the differences may be chance (comparisons allowed for:"
                " %(count)s)."
            )
            % {"count": compared.looks}
        ]
    said = [_said(one, compared.looks) for one in compared.found[:MOST_SENTENCES]]
    more = len(compared.found) - len(said)
    if more:
        further = ngettext(
            "%(count)s further line stands apart.", "%(count)s further lines stand apart.", more
        )
        said.append(further % {"count": more})
    return said


def _said(one: Apart, looks: int) -> str:
    return _(
        "%(line)s: %(figure)s %(mine)s, all others %(rest)s; %(points)+.0f points, between %(low)+.0f and"
        " %(high)+.0f (comparisons allowed for: %(count)s)."
    ) % {
        "line": one.row.label,
        "figure": one.measure.title,
        "mine": _share(one.row.values[one.measure.name]),
        "rest": _share(one.rest),
        "points": 100 * one.difference.value,
        "low": 100 * one.difference.low,
        "high": 100 * one.difference.high,
        "count": looks,
    }


def _share(rate: object) -> str:
    return f"{rate.value:.0%} ({rate.numerator}/{rate.denominator})" if isinstance(rate, Rate) else ""
