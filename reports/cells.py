"""The cells of a report as people read them, on the page and on paper: the figure, and what it rests on."""

from dataclasses import dataclass
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.figures import Rate
from people.models import Department
from recruitment.models import Opening
from reports.asking import REPORTS
from reports.registry import Measure, Report, Spread, Table, Text, Value, Withheld
from reports.small import LEAST_GROUP


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure of another report that is read beside this one."""

    report: Report
    name: str
    title: Text


def beside(report: Report) -> list[Beside]:
    """What is read beside the report, with what it is called."""
    return [
        Beside(other, one.name, one.title)
        for name, figure in report.beside
        for other in (REPORTS[name],)
        for one in other.measures
        if one.name == figure
    ]


def asked_words(table: Table) -> str:
    """The stretch and of whom, and when it was counted."""
    asked = table.asked
    moment = formats.date_format(timezone.localtime(table.as_of), "Y-m-d H:i")
    found = [
        _("%(first)s to %(last)s, as of %(moment)s (Beijing time)")
        % {"first": asked.first, "last": asked.last, "moment": moment}
    ]
    if asked.opening:
        found.append(str(Opening.objects.get(pk=asked.opening)))
    if asked.department:
        found.append(str(Department.objects.get(pk=asked.department)))
    return " · ".join(found)


def excluded(table: Table) -> list[dict[str, Any]]:
    """Of each rate, who is not in its denominator and why."""
    return [
        {"title": measure.title, "parts": rate.excluded}
        for measure in table.report.measures
        if isinstance(rate := table.totals[measure.name], Rate) and rate.excluded
    ]


def withheld(table: Table) -> str:
    """The sentence that says what is not shown, and why; nothing where everything is."""
    if not table.withheld:
        return ""
    return _(
        "Withheld: what would tell of fewer than %(least)s people, or could be worked out from what is shown. Of whole"
        " quarters and more openings there is more to see."
    ) % {"least": LEAST_GROUP}


def cut(table: Table, shown: int) -> str:
    """The sentence that says how many lines the workbook has beyond so many; nothing where it has none."""
    more = len(table.rows) - shown
    if more <= 0:
        return ""
    said = ngettext(
        "%(count)s further line stands in the Excel file.",
        "%(count)s further lines stand in the Excel file.",
        more,
    )
    return said % {"count": more}


def cells(measures: tuple[Measure, ...], values: dict[str, Value]) -> list[dict[str, str]]:
    """Each figure: what is read first, and what it rests on."""
    return [_cell(values[measure.name]) for measure in measures]


def has_people(value: Value) -> bool:
    """Whether the figure counts anybody."""
    match value:
        case Rate():
            return value.numerator > 0
        case Spread():
            return value.count > 0
        case Withheld():
            return False
        case _:
            return value > 0


def _cell(value: Value) -> dict[str, str]:
    match value:
        case Rate(value=None):
            return {"first": f"{value.numerator}/{value.denominator}", "then": str(value.note)}
        case Rate():
            bounds = f" ({value.low:.0%}–{value.high:.0%})" if value.exits else ""
            return {"first": f"{value.value:.0%}{bounds}", "then": f"{value.numerator}/{value.denominator}"}
        case Withheld():
            return {"first": _("withheld"), "then": ""}
        case Spread(median=None):
            return {"first": "–", "then": ""}
        case Spread():
            return {
                "first": f"{value.median:g}",
                "then": _("%(low)s to %(high)s, of %(count)s")
                % {"low": f"{value.quarter:g}", "high": f"{value.three_quarters:g}", "count": value.count},
            }
        case _:
            return {"first": str(value), "then": ""}
