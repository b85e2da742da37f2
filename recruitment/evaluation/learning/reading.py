"""A cohort from a table of scores: `person, group, stage, competency, score` and any number of `test_…` columns.

One line for each score. A test's figure stands on any line of its person, once or the same each time. Stages come in
their natural order ("2" before "10") where each name holds a number, else as the table first names them. A person who
lacks a score of the group's plan did not finish. Headings are read in any case and width, and by their Chinese names.
"""

import csv
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.errors import Invalid
from core.joining import joined
from recruitment.evaluation.learning.cohort import Cohort, Column, Person, natural, plans_of
from recruitment.evaluation.learning.names import TESTS

NEEDED = ("person", "group", "stage", "competency", "score")
CHINESE = {
    "person": ("人员", "姓名", "候选人"),
    "group": ("分组", "组", "岗位", "招聘需求"),
    "stage": ("环节", "阶段"),
    "competency": ("能力项", "能力", "能力维度"),
    "score": ("得分", "分数", "评分"),
}
# Of a cell that is wrong so much is said.
SHOWN = 40
_MEANT = {said: name for name, spellings in CHINESE.items() for said in spellings}


def read(lines: Iterable[str], *, delimiter: str = ",") -> Cohort:
    """The cohort of these lines, headings first; other columns are passed over.

    Raises Invalid `columns_missing`, `column_twice`, `cells_left_over` (a line is longer than the headings),
    `name_missing` (a score that says not whose or of what it is), `not_a_number`, `score_twice`, `test_differs` (with
    the line), `nothing_scored`.
    """
    table = csv.DictReader(lines, delimiter=delimiter)
    headings = [_heading(name) for name in table.fieldnames or ()]
    table.fieldnames = headings
    _check(headings)
    tested = [name for name in headings if name.startswith(TESTS) and name != TESTS]
    scores: dict[tuple[str, str], dict[Column, float]] = {}
    tests: dict[tuple[str, str], dict[str, float]] = {}
    stages: dict[str, None] = {}
    for line in table:
        number = table.line_num
        if any(str(cell).strip() for cell in line.get(None) or ()):
            raise Invalid(
                "cells_left_over",
                _(
                    "Line %(line)s has more cells than the table has headings: is there a comma within a number?"
                )
                % {"line": number},
                line=number,
            )
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
                    _("Line %(line)s: %(names)s is empty.") % {"line": number, "names": joined(unnamed)},
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
            stages.setdefault(column[0])
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
    if all(re.search(r"[0-9]", stage) for stage in stages):
        stages = dict.fromkeys(sorted(stages, key=natural))
    return Cohort(people, plans_of(people, list(stages)))


def _heading(name: str | None) -> str:
    """As it was meant: " Ｓtage" and 环节 are stage; a test keeps the name it was given."""
    plain = unicodedata.normalize("NFKC", name or "").strip()
    folded = plain.casefold()
    if folded.startswith(TESTS):
        return TESTS + plain[len(TESTS) :]
    return _MEANT.get(plain, folded)


def _check(headings: list[str]) -> None:
    if missing := [name for name in NEEDED if name not in headings]:
        raise Invalid(
            "columns_missing",
            _("The table has no column %(names)s. Its first line says: %(found)s")
            % {"names": joined(missing), "found": joined(filter(None, headings)) or "–"},
        )
    counted = Counter(headings)
    if twice := [
        name for name in counted if counted[name] > 1 and (name in NEEDED or name.startswith(TESTS))
    ]:
        raise Invalid(
            "column_twice", _("The table has more than one column %(names)s.") % {"names": joined(twice)}
        )


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
            _("Line %(line)s: “%(text)s” in %(name)s is not a number.")
            % {"line": number, "name": name, "text": text[:SHOWN]},
            line=number,
        )
    return figure
