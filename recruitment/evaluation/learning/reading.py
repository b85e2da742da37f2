"""A cohort from a table of scores: `person, group, stage, competency, score` and any number of `test_…` columns.

One line for each score. A test's figure stands on any line of its person, once or the same each time. Stages come in
their natural order ("2" before "10"). A person who lacks a score of the group's plan did not finish.
"""

import csv
import math
from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.errors import Invalid
from recruitment.evaluation.learning.cohort import Cohort, Column, Person
from recruitment.evaluation.learning.names import TESTS

NEEDED = ("person", "group", "stage", "competency", "score")


def read(lines: Iterable[str], *, delimiter: str = ",") -> Cohort:
    """The cohort of these lines, headings first; other columns are passed over.

    Raises Invalid `columns_missing`, `name_missing` (a score that says not whose or of what it is), `not_a_number`,
    `score_twice`, `test_differs` (with the line), `nothing_scored`.
    """
    table = csv.DictReader(lines, delimiter=delimiter)
    headings = [str(name).strip() for name in table.fieldnames or ()]
    table.fieldnames = headings
    missing = [name for name in NEEDED if name not in headings]
    if missing:
        raise Invalid(
            "columns_missing", _("The table has no column %(names)s.") % {"names": ", ".join(missing)}
        )
    tested = [name for name in headings if name.startswith(TESTS) and name != TESTS]
    scores: dict[tuple[str, str], dict[Column, float]] = {}
    tests: dict[tuple[str, str], dict[str, float]] = {}
    for line in table:
        number = table.line_num
        key = (_text(line, "person"), _text(line, "group"))
        mine = scores.setdefault(key, {})
        known = tests.setdefault(key, {})
        score = _figure(line, "score", number)
        if score is not None:
            column = (_text(line, "stage"), _text(line, "competency"))
            unnamed = [name for name in NEEDED[:-1] if not _text(line, name)]
            if unnamed:
                raise Invalid(
                    "name_missing",
                    _("Line %(line)s: %(names)s is empty.") % {"line": number, "names": ", ".join(unnamed)},
                    line=number,
                )
            if column in mine:
                raise Invalid(
                    "score_twice",
                    _("Line %(line)s: this person has a score for this stage and competency already.")
                    % {"line": number},
                    line=number,
                )
            mine[column] = score
        for name in tested:
            figure = _figure(line, name, number)
            if figure is None:
                continue
            if known.setdefault(name.removeprefix(TESTS), figure) != figure:
                raise Invalid(
                    "test_differs",
                    _("Line %(line)s: %(name)s differs from an earlier line of this person.")
                    % {"line": number, "name": name},
                    line=number,
                )
    people = [Person(name, group, mine, tests[name, group]) for (name, group), mine in scores.items() if mine]
    if not people:
        raise Invalid("nothing_scored", _("The table holds no score."))
    return Cohort(people)


def _text(line: dict[str, str | None], name: str) -> str:
    return (line.get(name) or "").strip()


def _figure(line: dict[str, str | None], name: str, number: int) -> float | None:
    text = _text(line, name)
    if not text:
        return None
    try:
        figure = float(text)
    except ValueError:
        figure = math.nan
    if not math.isfinite(figure):
        raise Invalid(
            "not_a_number",
            _("Line %(line)s: %(name)s is not a number.") % {"line": number, "name": name},
            line=number,
        )
    return figure
