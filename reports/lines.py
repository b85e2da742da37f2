"""The lines of a report: grouped by the database, named for people."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, FloatField, Model, QuerySet, Subquery
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext as _

from core.days import midnight
from people.models import Department, User
from recruitment.models import Opening
from reports.registry import Asked, Row, Spread, Value

HOUR = 3600.0


class Quartiles(Aggregate):
    """A quarter, the half and three quarters of an interval's seconds, as an array."""

    function = "percentile_cont"
    template = (
        "%(function)s(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY extract(epoch FROM %(expressions)s))"
    )
    output_field = ArrayField(FloatField())


def spread(count: int, quartiles: Any, *, unit: float = HOUR) -> Spread:
    """What `Quartiles` answered, in hours or another unit of so many seconds."""
    if not count or quartiles is None:
        return Spread(0, None, None, None)
    quarter, median, three = (None if one is None else round(one / unit, 1) for one in quartiles)
    return Spread(count, median, quarter, three)


def stretch(asked: Asked) -> tuple[datetime, datetime]:
    """The moments from which and before which."""
    return midnight(asked.first), midnight(asked.last + timedelta(days=1))


def openings_of(asked: Asked) -> "QuerySet[Opening]":
    """The openings that are counted: those that the person may see, of the one or the department tree asked for."""
    openings = Opening.objects.visible_to(asked.user)
    if asked.opening is not None:
        openings = openings.filter(pk=asked.opening)
    if asked.department is not None:
        top = Department.objects.filter(pk=asked.department).values("path")
        openings = openings.filter(department__path__startswith=Subquery(top))
    return openings


def grouped(
    rows: "QuerySet[Any]",
    asked: Asked,
    *,
    at: str,
    opening: str,
    own: dict[str, tuple[Any, Callable[[Any], str]]],
    figures: dict[str, Any],
    read: Callable[[dict[str, Any]], dict[str, Value]],
    people: tuple[str, ...] = (),
) -> tuple[list[Row], dict[str, Value]]:
    """The lines by what was asked, and the total: two statements, one more for names.

    `at` is the field of the moment, `opening` the way to the opening, `own` this report's further ways to part with
    their names, `figures` the aggregates, `read` what the measures are of one line of them. `people`: further ways
    whose keys are colleagues; they are named in one statement.
    """
    shared: dict[str, Any] = {
        "opening": f"{opening}_id" if opening else "pk",
        "department": f"{opening}__department_id",
        "specialist": f"{opening}__specialist_id",
        "week": TruncWeek(at, tzinfo=timezone.get_current_timezone()),
        "month": TruncMonth(at, tzinfo=timezone.get_current_timezone()),
    }
    shared |= {way: f"{way}_id" for way in people}
    expression = own[asked.by][0] if asked.by in own else shared[asked.by]
    keyed = rows.annotate(_line=expression) if not isinstance(expression, str) else rows
    name = expression if isinstance(expression, str) else "_line"
    found = list(keyed.order_by().values(name).annotate(**figures).order_by(name))
    label = own[asked.by][1] if asked.by in own else _labels(asked.by, [one[name] for one in found])
    lines = [Row(_key(one[name]), label(one[name]), read(one)) for one in found]
    return lines, read(rows.order_by().aggregate(**figures))


def _key(value: Any) -> Any:
    return timezone.localtime(value).date().isoformat() if isinstance(value, datetime) else value


def _week(moment: datetime) -> str:
    year, week, _day = timezone.localtime(moment).isocalendar()
    return f"{year}-W{week:02d}"


def _labels(by: str, keys: Iterable[Any]) -> Callable[[Any], str]:
    if by == "week":
        return _week
    if by == "month":
        return lambda moment: timezone.localtime(moment).strftime("%Y-%m")
    models: dict[str, type[Model]] = {"opening": Opening, "department": Department}
    named = {row.pk: str(row) for row in models.get(by, User)._default_manager.filter(pk__in=list(keys))}
    return lambda key: named.get(key, _("gone"))
