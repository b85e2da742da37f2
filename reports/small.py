"""Small groups: what a report does not show to whoever may not read the single records behind it.

One rule for page, API, workbook and PDF, since all of them show a table after `guarded`. Whoever reads the single
records loses nothing. To others a line is shown whole or not at all:

- each figure of a shown line, what is left of its first figure without it, and what its parts leave of a figure that
  they are told beside (`Report.rests`), counts nobody or at least LEAST_GROUP;
- what the total leaves beside the shown lines is held to the same, so that no subtraction finds what is withheld;
- what is asked of one opening or department is shown when no subtraction from the whole finds a withheld opening;
- such a reader asks for one calendar quarter as it is counted now, and for a part of the openings or parted otherwise,
  never for both: two tables that differ by a few people do not exist.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.figures import Rate
from people.rules import is_hr
from reports.registry import OPENING, Report, Row, Spread, Table, Value, Withheld

if TYPE_CHECKING:
    from people.models import User

LEAST_GROUP = 5
# Ways whose lines are sums of other ways' lines: beside these they would tell what those withhold.
NESTED = frozenset({"department", "specialist", "week"})
MONTHS = 3
Counts = dict[str, int]
Rests = tuple[tuple[str, ...], ...]


def is_guarded(report: Report, user: "User") -> bool:
    """Whether this person reads the report without being allowed to read the single records behind it."""
    return report.records_for_hr and not is_hr(user)


def ways_for(report: Report, user: "User", *, is_part: bool) -> list[str]:
    """What this person may have lines stand for, the usual first; `is_part`: of one opening or department alone."""
    ways = [one.name for one in report.dimensions]
    if not is_guarded(report, user):
        return ways
    return [OPENING.name] if is_part else [way for way in ways if way not in NESTED]


def quarter(day: date) -> tuple[date, date]:
    """The first and the last day of the calendar quarter that `day` lies in."""
    first = day.replace(month=(day.month - 1) // MONTHS * MONTHS + 1, day=1)
    after = (first + timedelta(days=31 * MONTHS)).replace(day=1)
    return first, after - timedelta(days=1)


def guarded(table: Table, openings: list[Row], asked: set[int] | None) -> Table:
    """The table with what has to be withheld withheld: every figure of a line, or of the total.

    `openings`: the lines by opening of all that the reader may see in the stretch; `asked`: the openings that the
    table is about, None for all.
    """
    rests = table.report.rests
    hidden = {row.key for row in _hidden(openings, rests)}
    beside = hidden if asked is None else hidden & asked
    if beside not in (set(), hidden):
        rows = [_withheld(row) for row in table.rows]
        return replace(table, rows=rows, totals=_withheld_values(table.totals), withheld=len(rows) + 1)
    small = {row.key for row in _hidden(table.rows, rests)}
    rows = [_withheld(row) if row.key in small else row for row in table.rows]
    is_whole = is_safe(_counts(table.totals, rests))
    totals = table.totals if is_whole else _withheld_values(table.totals)
    return replace(table, rows=rows, totals=totals, withheld=len(small) + (not is_whole))


def _hidden(rows: list[Row], rests: Rests) -> list[Row]:
    """The lines that must not be shown: the small ones, and as many of the next smallest as hide them."""
    counted = {row.key: _counts(row.values, rests) for row in rows}
    hidden = [row for row in rows if not is_safe(counted[row.key])]
    shown = sorted(
        (row for row in rows if row not in hidden), key=lambda row: (_base(counted[row.key]), str(row.key))
    )
    while hidden and shown and not is_safe(_sum(counted[row.key] for row in hidden)):
        hidden.append(shown.pop(0))
    return hidden


def _counts(values: dict[str, Value], rests: Rests) -> Counts:
    """Every count that a line tells, by a name; the first is how many it is about."""
    found: Counts = {}
    for name, value in values.items():
        match value:
            case int():
                found[name] = value
            case Rate():
                found[f"{name}:of"] = value.denominator
                found[f"{name}:yes"] = value.numerator
                found[f"{name}:no"] = value.denominator - value.numerator
                found |= {f"{name}:{one.reason.value}": one.count for one in value.excluded}
            case Spread():
                found[f"{name}:of"] = value.count
    for whole, *parts in rests:
        # A reason that left nobody out is not told.
        found[":".join((whole, *parts))] = found[whole] - sum(found.get(part, 0) for part in parts)
    return found


def _base(counts: Counts) -> int:
    return next(iter(counts.values()), 0)


def _sum(lines: Iterable[Counts]) -> Counts:
    total: Counts = {}
    for line in lines:
        for name, count in line.items():
            total[name] = total.get(name, 0) + count
    return total


def is_safe(counts: Counts) -> bool:
    """Whether each count, and what is left of the first one without it, is nobody or at least LEAST_GROUP."""
    base = _base(counts)
    return not any(0 < number < LEAST_GROUP for count in counts.values() for number in (count, base - count))


def _withheld(row: Row) -> Row:
    return replace(row, values=_withheld_values(row.values))


def _withheld_values(values: dict[str, Value]) -> dict[str, Value]:
    return {name: Withheld() for name in values}
