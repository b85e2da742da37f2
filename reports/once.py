"""Counting over the rows of a report: what is asked of a row is looked up once, and lines and total in one pass."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, IntegerField, Max, Min, Q, QuerySet, Subquery
from django.db.models import Value as Constant
from django.db.models.constants import LOOKUP_SEP
from django_cte import CTE, with_cte

Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Once:
    """The rows, looked up once, as a table to join with, and its lowest and highest `id`."""

    table: CTE
    bounds: CTE

    def between(self, way: str) -> Q:
        """That a way to a row leads between the lowest and the highest: true of whatever a join with the rows finds, so
        that it leaves out nothing and lets a stretch of an index be read in one go."""
        lowest, highest = (
            Subquery(self.bounds.queryset().order_by().values(end)) for end in ("lowest", "highest")
        )
        return Q(**{f"{way}__gte": lowest, f"{way}__lte": highest})


@dataclass(frozen=True, slots=True)
class Together:
    """What is looked up of all rows at once: each table that it stands in is read once, not row by row.

    `join` is given the rows and the query that reads them, and answers the query with one annotation for each name in
    `gives`; `needs` are the columns and annotations of the rows that it reads.
    """

    gives: frozenset[str]
    needs: frozenset[str]
    join: Callable[[Once, "QuerySet[Any]"], "QuerySet[Any]"]


Togethers = tuple[Together, ...]


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
    rows: "QuerySet[Any]", figures: Mapping[str, Any], *keys: str, together: Togethers = ()
) -> dict[frozenset[str], dict[Any, Found]]:
    """The figures by these annotations of the rows, by each part of them, and over all: one statement.

    By which keys, then by their values in the order given (one key: the value itself; none: `None`), in the order of
    the values. Each is counted over its rows, none is a sum of others. What a row is annotated with is looked up once
    for each row, however many figures name it, and what is looked up `together` once for all.
    """
    named = {name for figure in figures.values() for name in names_of(figure)}
    shown = {f"key_{key}": _Key(F(key)) for key in keys} | {f"all_{key}": _IsOverAll(F(key)) for key in keys}
    counted = (
        looked_up(rows, named | set(keys), together).annotate(**shown).values(*shown).annotate(**figures)
    )
    if keys:
        counted.query.group_by = (_Cube(*(counted.query.annotations[key] for key in keys)),)
    found: dict[frozenset[str], dict[Any, Found]] = {}
    for line in counted.order_by(*(f"key_{key}" for key in keys)):
        of = [key for key in keys if not line[f"all_{key}"]]
        values = tuple(line[f"key_{key}"] for key in of)
        place = None if not of else values[0] if len(of) == 1 else values
        found.setdefault(frozenset(of), {})[place] = line
    return found


def behind(found: "QuerySet[Any]", counted: "QuerySet[Any]") -> "QuerySet[Any]":
    """Of what was found those that `counted_by` leads to."""
    led_to = CTE(counted, name="led_to")
    return with_cte(led_to, select=found.filter(pk__in=led_to.queryset().order_by().values("of")))


def counted_by(
    rows: "QuerySet[Any]", wanted: Q, way: str, together: Togethers, *, adding: str = ""
) -> "QuerySet[Any]":
    """What a way leads to from the rows that a condition counts, as `of`; and what is added up of each, as `amount`."""
    added = {"amount": F(adding)} if adding else {}
    named = {*names_of(wanted), *filter(None, [adding])}
    asked = _asked_of(together, named)
    known = looked_up(rows, {*named, way}, asked) if asked else rows.order_by()
    return known.filter(wanted).values(of=F(way), **added)


def looked_up(rows: "QuerySet[Any]", named: AbstractSet[str], together: Togethers) -> "QuerySet[Any]":
    """The rows, looked up once, with what these names mean."""
    asked = _asked_of(together, named)
    given = frozenset[str]().union(*(one.gives for one in asked))
    own = {name for name in named if not _head(name, given)}.union(*(one.needs for one in asked))
    once = CTE(rows.order_by().values(*sorted(_columns(rows, own))), name="once", materialized=True)
    if not asked:
        return with_cte(once, select=once)
    ends = once.queryset().order_by().values(every=Constant(1)).annotate(lowest=Min("id"), highest=Max("id"))
    bounds = CTE(ends.values("lowest", "highest"), name="bounds")
    found = once.queryset()
    for one in asked:
        found = one.join(Once(once, bounds), found)
    return with_cte(once, bounds, select=found)


def _asked_of(together: Togethers, named: AbstractSet[str]) -> Togethers:
    return tuple(one for one in together if any(_head(name, one.gives) for name in named))


def _columns(rows: "QuerySet[Any]", named: set[str]) -> set[str]:
    """The annotations and columns that these names mean."""
    own = {
        name: field.attname
        for field in rows.model._meta.concrete_fields
        for name in (field.name, field.attname)
    }
    own["pk"] = rows.model._meta.pk.attname
    known = {name: name for name in rows.query.annotations} | own
    return {known[_head(name, known)] for name in named}


def _head(name: str, known: Mapping[str, str] | AbstractSet[str]) -> str:
    """The part of a filter's name that is no lookup; nothing where none of it is known."""
    while name and name not in known:
        name = name.rpartition(LOOKUP_SEP)[0]
    return name


def names_of(expression: Any) -> Iterator[str]:
    """What an expression reads, by name."""
    match expression:
        case F():
            name: Any = expression
            yield name.name
        case Q():
            for child in expression.children:
                if isinstance(child, tuple):
                    yield child[0]
                    yield from names_of(child[1])
                else:
                    yield from names_of(child)
        case _ if hasattr(expression, "get_source_expressions"):
            for part in expression.get_source_expressions():
                yield from names_of(part)
