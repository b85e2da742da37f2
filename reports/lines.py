"""The lines of a report: grouped by the database, named for people."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, Count, FloatField, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from core.days import midnight
from core.errors import NotFound
from people.models import Department
from people.scope import in_departments
from recruitment.enums import ApplicationSource
from recruitment.models import Application, Opening
from reports.crossing import crossed
from reports.once import behind, counted_by, cube
from reports.parting import LINE, arranged, key_of, keyed, label_of, narrowed, of_line
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


def round_label(number: int) -> str:
    """Which interview of an application it is."""
    return _("round %(number)s") % {"number": number}


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
    openings: QuerySet[Any] = Opening.objects.visible_to(asked.user)
    if asked.openings is not None:
        openings = openings.filter(pk__in=asked.openings)
    if asked.opening is not None:
        openings = openings.filter(pk=asked.opening)
    if asked.department is not None:
        if asked.until is None:
            openings = openings.filter(department__path__startswith=_path(asked.department))
        else:
            then = asked.past.value(Opening, "department_id")
            openings = openings.alias(department_then=then).filter(
                department_then__in=_tree(asked.department)
            )
    return openings


def _path(department: int) -> Subquery:
    return Subquery(Department.objects.filter(pk=department).values("path"))


def _tree(department: int) -> "QuerySet[Any]":
    return Department.objects.filter(path__startswith=_path(department)).values("pk")


def openings_gone(asked: Asked) -> list[Opening]:
    """Those of them that were there then and were deleted since, as they stood: nobody had applied to one. One
    statement, one more for a department tree."""
    gone = asked.past.gone(Opening, "title", "title_en", "department_id", "headcount", "target_month")
    if gone is None:
        return []
    gone = gone.filter(in_departments(asked.user, "department_id_then"))
    if asked.openings is not None:
        gone = gone.filter(object_id__in=[str(key) for key in asked.openings])
    if asked.opening is not None:
        gone = gone.filter(object_id=str(asked.opening))
    if asked.department is not None:
        gone = gone.filter(department_id_then__in=_tree(asked.department))
    return [
        Opening(
            pk=int(one.object_id), title=one.title_then, title_en=one.title_en_then or "",
            department_id=one.department_id_then, headcount=one.headcount_then, target_month=one.target_month_then,
        )
        for one in gone
    ]  # fmt: skip


def table_of(report: Report, asked: Asked) -> Table:
    """The report, counted now: one statement, one more for names, two to three more where small groups are withheld.

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
        return chosen(report.table(asked))
    as_of = timezone.now() if asked.until is None else asked.until - timedelta(microseconds=1)
    facts = _facts(report, asked)
    if facts is None:
        raise ValueError(f"{report.name} has neither facts nor a table")
    figures = {f"n_{name}": Count("pk", filter=wanted) for name, wanted in facts.counts.items()}
    figures |= facts.figures
    if asked.across:
        return crossed(report, facts, asked, figures, as_of)
    counted = cube(keyed(facts, asked, asked.by), figures, LINE, together=facts.together)
    found = counted.get(frozenset([LINE]), {})
    label = label_of(facts, asked.by, found)
    # Of a week without anything each count is 0.
    nobody: dict[str, Any] = defaultdict(int)
    whole = counted.get(frozenset(), {}).get(None) or nobody
    lines = []
    for key in arranged(facts, asked.by, found):
        line = found.get(key) or nobody
        beside = whole if asked.by in facts.beside_all else line
        lines.append(Row(key_of(key), label(key), facts.figures_of(line, beside)))
    return chosen(Table(report, asked, as_of, lines, facts.figures_of(whole, whole)))


def chosen(table: Table) -> Table:
    """The table with the one figure that was asked for, or with all."""
    if not table.asked.measure:
        return table
    measures = tuple(one for one in table.report.measures if one.name == table.asked.measure)
    return replace(table, report=replace(table.report, measures=measures))


def _facts(report: Report, asked: Asked) -> Facts | None:
    facts = report.facts_of(asked)
    return facts and narrowed(facts, asked)


def people_behind(report: Report, asked: Asked, measure: str, line: str | None) -> "QuerySet[Application]":
    """The applications that a figure counts, newest first: of the whole report, or of the line whose key reads `line`.

    One application may stand behind several rows (`times_behind`). NotFound: measure_unknown, line_unknown;
    people_withheld for whoever may not read the single records.
    """
    counted = _counted_rows(report, asked, measure, line)
    if counted is None:
        found = report.people_of(asked)[measure](asked, line)
    else:
        found = behind(Application.objects.visible_to(asked.user), counted)
    return found.order_by("-pk")


def times_behind(
    report: Report, asked: Asked, measure: str, line: str | None, *, of: Collection[int]
) -> tuple[int, dict[int, int]]:
    """What the figure counts or adds up, and how much of it lies behind each of these applications. Two statements.
    Errors as `people_behind`."""
    counted = _counted_rows(report, asked, measure, line, is_added=True)
    if counted is None:
        return people_behind(report, asked, measure, line).count(), dict.fromkeys(of, 1)
    adds = "amount" in counted.query.annotations
    times = Coalesce(Sum("amount"), 0) if adds else Count("*")
    each = counted.filter(of__in=of).values("of").annotate(times=times).order_by()
    total: int = counted.aggregate(times=times)["times"]
    return total, {one["of"]: one["times"] for one in each}


def _counted_rows(
    report: Report, asked: Asked, measure: str, line: str | None, *, is_added: bool = False
) -> "QuerySet[Any] | None":
    """The rows that a figure counts, each by its application as `of`, with what is added up of each; None where the
    report lists them by itself."""
    if is_guarded(report, asked.user):
        raise NotFound("people_withheld", _("Whom these figures count is HR's to read."))
    facts = _facts(report, asked)
    if facts is None and measure in report.people_of(asked):
        return None
    wanted = facts.counted_by(measure) if facts else None
    if facts is None or wanted is None:
        raise NotFound("measure_unknown", _("This report has no such figure, or no list stands behind it."))
    rows = facts.rows
    if line is not None:
        found = of_line(keyed(facts, asked, asked.by), LINE, line)
        if found is None:
            raise NotFound("line_unknown", _("This report has no such line."))
        rows = found
    adding = facts.sums.get(measure, "") if is_added else ""
    return counted_by(rows, wanted, facts.application, facts.together, adding=adding)
