"""The lines of a report: grouped by the database, named for people."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, Count, DateField, FloatField, Model, QuerySet, Subquery
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext as _

from core.days import midnight
from core.errors import NotFound
from people.models import Department, User
from recruitment.enums import ApplicationSource
from recruitment.models import Application, Opening
from reports.registry import OPENING, Asked, Facts, Report, Row, Spread, Table
from reports.small import guarded, is_guarded

HOUR = 3600.0


class Quartiles(Aggregate):
    """A quarter, the half and three quarters of an interval's seconds, as an array."""

    function = "percentile_cont"
    template = (
        "%(function)s(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY extract(epoch FROM %(expressions)s))"
    )
    output_field = ArrayField(FloatField())


class NumberQuartiles(Quartiles):
    """The same of plain numbers."""

    template = (
        "%(function)s(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY (%(expressions)s)::double precision)"
    )


def source_label(code: str) -> str:
    """How an application came, in words."""
    return str(ApplicationSource(code).label) if code else _("not said")


def spread(count: int, quartiles: Any, *, unit: float = HOUR) -> Spread:
    """What `Quartiles` answered, in hours or another unit of so many seconds."""
    if not count or quartiles is None:
        return Spread(0, None, None, None)
    quarter, median, three = (None if one is None else round(one / unit, 1) for one in quartiles)
    return Spread(count, median, quarter, three)


def stretch(asked: Asked) -> tuple[datetime, datetime]:
    """The moments from which and before which; nothing after the day as of which it is asked."""
    end = midnight(asked.last + timedelta(days=1))
    return midnight(asked.first), end if asked.until is None else min(end, asked.until)


def openings_of(asked: Asked) -> "QuerySet[Opening]":
    """The openings that are counted: those that the person may see, of the ones or the department tree asked for, where
    they stood then."""
    openings = Opening.objects.visible_to(asked.user)
    if asked.openings is not None:
        openings = openings.filter(pk__in=asked.openings)
    if asked.opening is not None:
        openings = openings.filter(pk=asked.opening)
    if asked.department is not None:
        top = Department.objects.filter(pk=asked.department).values("path")
        if asked.until is None:
            openings = openings.filter(department__path__startswith=Subquery(top))
        else:
            tree = Department.objects.filter(path__startswith=Subquery(top)).values("pk")
            then = asked.past.value(Opening, "department_id")
            openings = openings.annotate(department_then=then).filter(department_then__in=tree)
    return openings


def table_of(report: Report, asked: Asked) -> Table:
    """The report, counted now: two statements, one more for names, two to three more where small groups are withheld.

    A total is counted, never a sum of its lines.
    """
    table = _counted(report, asked)
    if not is_guarded(report, asked.user):
        return table
    is_part = asked.opening is not None or asked.department is not None
    whole = replace(asked, opening=None, department=None, by=OPENING.name)
    every = _counted(report, whole).rows if is_part or asked.by != OPENING.name else table.rows
    return guarded(table, every, set(openings_of(asked).values_list("pk", flat=True)) if is_part else None)


def _counted(report: Report, asked: Asked) -> Table:
    if report.table is not None:
        return report.table(asked)
    as_of = timezone.now() if asked.until is None else asked.until - timedelta(microseconds=1)
    facts = report.facts_of(asked)
    if facts is None:
        raise ValueError(f"{report.name} has neither facts nor a table")
    figures = {f"n_{name}": Count("pk", filter=wanted) for name, wanted in facts.counts.items()}
    figures |= facts.figures
    rows, name = _keyed(facts, asked)
    found = list(rows.order_by().values(name).annotate(**figures).order_by(name))
    label = _label(facts, asked, [one[name] for one in found])
    lines = [Row(_key(one[name]), label(one[name]), facts.read(one)) for one in found]
    return Table(report, asked, as_of, lines, facts.read(facts.rows.order_by().aggregate(**figures)))


def people_behind(report: Report, asked: Asked, measure: str, line: str | None) -> "QuerySet[Application]":
    """The applications that a figure counts, newest first: of the whole report, or of the line whose key reads `line`.

    One application may stand behind several rows. NotFound: measure_unknown, line_unknown; people_withheld for whoever
    may not read the single records.
    """
    if is_guarded(report, asked.user):
        raise NotFound("people_withheld", _("Whom these figures count is HR's to read."))
    facts = report.facts_of(asked)
    wanted = facts.counted_by(measure) if facts else None
    if facts is None or wanted is None:
        raise NotFound("measure_unknown", _("This report has no such figure, or no list stands behind it."))
    rows = facts.rows.filter(wanted)
    if line is not None:
        keyed, name = _keyed(facts, asked)
        keys = keyed.order_by().values_list(name, flat=True).distinct()
        found = [key for key in keys if key_text(_key(key)) == line]
        if not found:
            raise NotFound("line_unknown", _("This report has no such line."))
        rows = keyed.filter(
            wanted, **({name: found[0]} if found[0] is not None else {f"{name}__isnull": True})
        )
    applications = Application.objects.visible_to(asked.user)
    return applications.filter(pk__in=rows.order_by().values(facts.application)).order_by("-pk")


def key_text(key: Any) -> str:
    """A line's key as an address spells it."""
    return "-" if key is None else str(key)


def _keyed(facts: Facts, asked: Asked) -> tuple["QuerySet[Any]", str]:
    """The rows, and the name of what parts them."""
    zone, past = timezone.get_current_timezone(), asked.past
    shared: dict[str, Any] = {
        "opening": f"{facts.opening}__pk",
        "department": past.value(Opening, "department_id", f"{facts.opening}__"),
        "specialist": past.value(Opening, "specialist_id", f"{facts.opening}__"),
        "week": TruncWeek(facts.at, tzinfo=zone, output_field=DateField()),
        "month": TruncMonth(facts.at, tzinfo=zone, output_field=DateField()),
    }
    shared |= {way: past.value(facts.rows.model, f"{way}_id") for way in facts.people}
    expression = facts.own[asked.by][0] if asked.by in facts.own else shared[asked.by]
    if isinstance(expression, str):
        return facts.rows, expression
    return facts.rows.annotate(_line=expression), "_line"


def _label(facts: Facts, asked: Asked, keys: Iterable[Any]) -> Callable[[Any], str]:
    return facts.own[asked.by][1] if asked.by in facts.own else _labels(asked.by, keys)


def _key(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _week(day: date) -> str:
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02d}"


def _labels(by: str, keys: Iterable[Any]) -> Callable[[Any], str]:
    if by == "week":
        return _week
    if by == "month":
        return lambda day: f"{day:%Y-%m}"
    models: dict[str, type[Model]] = {"opening": Opening, "department": Department}
    named = {row.pk: str(row) for row in models.get(by, User)._default_manager.filter(pk__in=list(keys))}
    return lambda key: named.get(key, _("gone"))
