"""Own tables: one figure of a report, lines by one way and columns by another."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import NotFound
from reports.once import cube
from reports.parting import LINE, arranged, key_of, key_text, keyed, label_of
from reports.registry import Asked, Facts, Measure, Report, Row, Table, Value

COLUMN, TOTAL = "_column", "total"
# More than anybody reads beside each other, and than a sheet of paper holds.
MOST_COLUMNS = 60


def crossed(report: Report, facts: Facts, asked: Asked, figures: Mapping[str, Any], as_of: datetime) -> Table:
    """The table: a measure for each column, the last the line's own total. Each cell, line, column and the whole is
    counted by itself: one statement, and one more for the names of lines, and of columns.

    NotFound: `columns_too_many`.
    """
    measure = next(one for one in report.measures if one.name == asked.measure)
    rows = keyed(replace(facts, rows=keyed(facts, asked, asked.by)), asked, asked.across, COLUMN)
    counted = cube(rows, figures, LINE, COLUMN, together=facts.together)

    by_line, by_column = counted.get(frozenset([LINE]), {}), counted.get(frozenset([COLUMN]), {})
    total = counted.get(frozenset(), {}).get(None, {})

    def read(found: Mapping[str, Any], beside: Mapping[str, Any]) -> Value:
        return facts.figures_of(found, defaultdict(int, beside))[measure.name]

    of_lines, of_columns = (way in facts.beside_all for way in (asked.by, asked.across))
    found = {key: read(one, total if of_columns else one) for key, one in by_column.items()}
    nobody = read({}, {})
    columns = {column: found.get(column, nobody) for column in arranged(facts, asked.across, found)}
    if len(columns) > MOST_COLUMNS:
        raise NotFound(
            "columns_too_many",
            _(
                "%(count)s columns: at most %(most)s stand beside each other. Choose fewer days or another way."
            )
            % {"count": len(columns), "most": MOST_COLUMNS},
        )
    cells: dict[Any, dict[Any, Value]] = defaultdict(dict)
    pairs = counted.get(frozenset([LINE, COLUMN]), {})
    # A share of what the line or the column counts is nothing of that, not nothing of nobody.
    asked_for = [(line, column) for line in by_line for column in by_column] if facts.beside_all else pairs
    for line, column in asked_for:
        one = pairs.get((line, column), {})
        beside = by_line[line] if of_columns else one
        if of_lines:
            beside = total if of_columns else by_column[column]
        cells[line][column] = read(one, beside)
    lines = {key: read(one, total if of_lines else one) for key, one in by_line.items()}
    name, title = label_of(facts, asked.by, lines), label_of(facts, asked.across, columns)
    key = {column: key_text(key_of(column)) for column in columns}

    def values(of: Mapping[Any, Value], total: Value) -> dict[str, Value]:
        return {**{key[column]: of.get(column, nobody) for column in columns}, TOTAL: total}

    shown = [
        Row(key_of(line), name(line), values(cells[line], lines.get(line, nobody)))
        for line in arranged(facts, asked.by, lines)
    ]
    whole = read(total, total)
    measures = [_column(measure, key[column], title(column)) for column in columns]
    own = replace(
        measure, name=TOTAL, of=measure.name, title=_("%(title)s: all columns") % {"title": measure.title}
    )
    return Table(replace(report, measures=(*measures, own)), asked, as_of, shown, values(columns, whole))


def _column(measure: Measure, name: str, title: str) -> Measure:
    """A column; what it counts is said once, with the total."""
    return replace(measure, name=name, of=measure.name, title=title, words="")
