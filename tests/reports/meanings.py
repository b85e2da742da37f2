"""What each figure means, as far as a program can tell: by the statements that count it and what is made of them.

The ledger `definitions.json` holds it of every version of every report: none changes unnoticed, and none is lost. A
statement is the same however the Python that builds it is written; of what is counted in Python the code is compared,
without comments and docstrings.
"""

import ast
import importlib
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import time_machine
from django.db.models import Value as Constant
from django.utils import translation

from core.figures import Rate
from people.models import Role, User
from reports import folding, passing, stale
from reports.asking import REPORTS
from reports.once import counted_by, looked_up, names_of
from reports.registry import Asked, Facts, Measure, Report, Spread

LEDGER = Path(__file__).parent / "definitions.json"
WEEKLY = "weekly"
NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)
Meaning = dict[str, Any]
Ledger = dict[str, dict[str, dict[str, Meaning]]]


@dataclass(frozen=True, slots=True)
class Term:
    """A number that is not known: what is made of it is written down."""

    text: str

    def __add__(self, other: Any) -> "Term":
        return self if other == 0 else Term(f"({self} + {other})")

    def __radd__(self, other: Any) -> "Term":
        return self + other

    def __sub__(self, other: Any) -> "Term":
        return Term(f"({self} - {other})")

    def __truediv__(self, other: Any) -> "Term":
        return Term(f"({self} / {other})")

    def __round__(self, digits: int = 0) -> "Term":
        return Term(f"round({self}, {digits})")

    def __iter__(self) -> Iterator["Term"]:
        return iter([Term(f"{self}[{place}]") for place in range(3)])

    def __le__(self, _other: Any) -> bool:
        return True

    def __ge__(self, _other: Any) -> bool:
        return True

    def __lt__(self, _other: Any) -> bool:
        return False

    def __str__(self) -> str:
        return self.text


def meanings_of(report: Report) -> dict[str, dict[str, Meaning]]:
    """Each version of the report that can be counted, by its number: what each of its figures means."""
    with time_machine.travel(NOW, tick=False):
        return {str(one.version): _of_report(one) for one in report.versions}


def meanings() -> Ledger:
    """Every version of every report; and the figures that are kept by week and month."""
    found = {report.name: meanings_of(report) for report in REPORTS.values()}
    kept = {"version": stale.VERSION, "rate": passing.DEFINITION, "code": _code(folding._counted)}
    found[WEEKLY] = {str(stale.VERSION): {WEEKLY: kept}}
    return found


def read_ledger() -> Ledger:
    """What is committed."""
    found: Ledger = json.loads(LEDGER.read_text())
    return found


def write_ledger(ledger: Ledger) -> None:
    """So that a change is one to read: a line for each thing that is said of a figure."""
    LEDGER.write_text(_lines(ledger, depth=4) + "\n")


def _lines(what: Any, *, depth: int, indent: str = "") -> str:
    if depth == 0:
        return json.dumps(what, ensure_ascii=False, sort_keys=True)
    inner = indent + " "
    parts = (f'{inner}"{key}": {_lines(what[key], depth=depth - 1, indent=inner)}' for key in sorted(what))
    return "{\n" + ",\n".join(parts) + f"\n{indent}}}"


def _of_report(report: Report) -> dict[str, Meaning]:
    if report.facts is None:
        code = _code(report.table)
        return {one.name: {**_said(one), "code": code} for one in report.measures}
    reader = User(username="lead", roles=[Role.LEAD])
    asked = Asked(reader, date(2026, 11, 2), date(2026, 11, 29), report.dimensions[0].name)
    facts = report.facts(asked)
    then = report.facts(Asked(reader, asked.first, asked.last, asked.by, as_of=date(2026, 11, 20)))
    names = [*(f"n_{name}" for name in facts.counts), *facts.figures]
    line = {name: Term(name) for name in names}
    values = facts.figures_of(line, {name: Term(f"whole {name}") for name in names})
    return {
        one.name: {
            **_said(one),
            "formula": (formula := _formula(values[one.name])),
            "statements": {
                name: [_statement(each, name) for each in (facts, then)]
                for name in sorted(_named(formula, facts))
            },
        }
        for one in report.measures
    }


def _said(measure: Measure) -> Meaning:
    words = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            words[language] = [str(measure.title), str(measure.words)]
    return {
        "version": measure.version, "unit": measure.unit, "bounded": measure.is_bounded, "words": words,
    }  # fmt: skip


def _formula(value: Any) -> str:
    match value:
        case Rate():
            out = ", ".join(f"{one.reason.value}: {one.count}" for one in value.excluded)
            return f"{value.value}, from {value.low} to {value.high}; left out {out or 'nobody'}"
        case Spread():
            return f"{value.median} of {value.count}, from {value.quarter} to {value.three_quarters}"
        case _:
            return str(value)


def _named(formula: str, facts: Facts) -> set[str]:
    """The counts and figures that a formula rests on; a share of all lines is of the same count."""
    words = set(re.findall(r"\w+", formula))
    return {
        name
        for name in [*(f"n_{one}" for one in facts.counts), *facts.figures]
        if name in words or (facts.beside_all and name.replace("n_", "all_", 1) in words)
    }


def _statement(facts: Facts, name: str) -> str:
    """The digest of the statement that counts it. The order of what a column may be is none of it."""
    rows = facts.rows.order_by()
    if name in facts.figures:
        if facts.together:
            rows = looked_up(rows, set(names_of(facts.figures[name])), facts.together)
        rows = rows.annotate(_all=Constant(1)).values("_all").annotate(_figure=facts.figures[name])
        statement = str(rows.values("_figure").query)
    else:
        wanted = facts.counts[name.removeprefix("n_")]
        counted = counted_by(rows, wanted, "pk", facts.together) if facts.together else rows.filter(wanted)
        statement = str(counted.values("pk").query)
    return _digest(re.sub(r"IN \(([^()]*)\)", lambda part: f"IN ({sorted(part[1].split(', '))})", statement))


def _code(begin: Any) -> str:
    """The digest of a function and of all that it uses of the reports."""
    parts: dict[tuple[str, str], str] = {}
    _follow(begin.__module__, begin.__name__, parts)
    return _digest(json.dumps(sorted((*where, text) for where, text in parts.items())))


def _follow(module: str, name: str, parts: dict[tuple[str, str], str]) -> None:
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("reports."):
            for alias in statement.names:
                if name == (alias.asname or alias.name):
                    _follow(str(statement.module), alias.name, parts)
        if name in _made_by(statement) and (module, name) not in parts:
            bare = _Bare().visit(statement)
            parts[module, name] = ast.dump(bare)
            for used in {node.id for node in ast.walk(bare) if isinstance(node, ast.Name)} - {name}:
                _follow(module, used, parts)


def _made_by(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef() | ast.ClassDef():
            return {statement.name}
        case ast.Assign():
            return {one.id for one in statement.targets if isinstance(one, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case _:
            return set()


class _Bare(ast.NodeTransformer):
    """Without docstrings and what types say."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return ast.Pass() if is_text else self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
