"""Counting over the rows of a report: what is asked of a row is looked up once, and lines and total in one pass."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F, Func, IntegerField, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django_cte import CTE, with_cte

Found = dict[str, Any]


class _Cube(Func):
    """`GROUP BY`: by all of these, by each part of them, and by none."""

    function = "CUBE"
    output_field = IntegerField()


class _Key(Func):
    """A key in a line of a cube: none where the line is over all of them."""

    template = "%(expressions)s"

    def get_group_by_cols(self) -> list[Any]:
        """The cube says it."""
        return []


class _IsOverAll(_Key):
    """1 where the line is over all keys, 0 where it is of one, which may be none."""

    template = "GROUPING(%(expressions)s)"
    output_field = IntegerField()


def cube(
    rows: "QuerySet[Any]", figures: Mapping[str, Any], *keys: str
) -> dict[frozenset[str], dict[Any, Found]]:
    """The figures by these annotations of the rows, by each part of them, and over all: one statement.

    By which keys, then by their values in the order given (one key: the value itself; none: `None`), in the order of
    the values. Each is counted over its rows, none is a sum of others. What a row is annotated with is looked up once
    for each row, however many figures name it.
    """
    named = {name for figure in figures.values() for name in _names(figure)}
    once = CTE(
        rows.order_by().values(*sorted(_columns(rows, named) | set(keys))), name="once", materialized=True
    )
    shown = {f"key_{key}": _Key(F(key)) for key in keys} | {f"all_{key}": _IsOverAll(F(key)) for key in keys}
    counted = with_cte(once, select=once).annotate(**shown).values(*shown).annotate(**figures)
    if keys:
        counted.query.group_by = (_Cube(*(counted.query.annotations[key] for key in keys)),)
    found: dict[frozenset[str], dict[Any, Found]] = {}
    for line in counted.order_by(*(f"key_{key}" for key in keys)):
        of = [key for key in keys if not line[f"all_{key}"]]
        values = tuple(line[f"key_{key}"] for key in of)
        place = None if not of else values[0] if len(of) == 1 else values
        found.setdefault(frozenset(of), {})[place] = line
    return found


def _columns(rows: "QuerySet[Any]", named: set[str]) -> set[str]:
    """The annotations and columns that these names mean."""
    own = {
        name: field.attname
        for field in rows.model._meta.concrete_fields
        for name in (field.name, field.attname)
    }
    own["pk"] = rows.model._meta.pk.attname
    known = {name: name for name in rows.query.annotations}
    return {(known | own)[_head(name, {**known, **own})] for name in named}


def _head(name: str, known: Mapping[str, str]) -> str:
    """The part of a filter's name that is no lookup."""
    while name not in known:
        name = name.rpartition(LOOKUP_SEP)[0]
    return name


def _names(expression: Any) -> Iterator[str]:
    """What an expression reads, by name."""
    match expression:
        case F():
            name: Any = expression
            yield name.name
        case Q():
            for child in expression.children:
                if isinstance(child, tuple):
                    yield child[0]
                    yield from _names(child[1])
                else:
                    yield from _names(child)
        case _ if hasattr(expression, "get_source_expressions"):
            for part in expression.get_source_expressions():
                yield from _names(part)
