"""A report as somebody asks for it, by address: which stretch of time, by what, of whom."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.api.filters import IdField
from core.errors import Invalid, NotFound
from core.history.past import begins
from people.models import Department
from recruitment.models import Opening
from reports.agreeing import SCORECARDS
from reports.cost import COST
from reports.efficiency import EFFICIENCY
from reports.exit_rates import EXIT_RATES
from reports.fit import FIT
from reports.headcount import MOST_DAYS, MOST_RECOVERED
from reports.leaving import EXIT_REPORT
from reports.offering import OFFERS
from reports.planning import PLAN
from reports.quality import QUALITY
from reports.registry import Asked, Report
from reports.service import SERVICE
from reports.small import is_guarded, quarter, ways_for
from reports.staying import STAGES
from reports.surveys import SURVEY_REPORT
from reports.telling import TELLING

if TYPE_CHECKING:
    from people.models import User

REPORTS: dict[str, Report] = {
    report.name: report
    for report in (
        EFFICIENCY,
        STAGES,
        OFFERS,
        FIT,
        QUALITY,
        EXIT_REPORT,
        EXIT_RATES,
        COST,
        SERVICE,
        TELLING,
        SURVEY_REPORT,
        SCORECARDS,
        PLAN,
    )
}
# A day between 2000 and 2099, for the schema and for whoever reads it.
DAY = (
    "^(20[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    "|20([02468][048]|[13579][26])-02-29)$"
)
_VERSIONS = [version for report in REPORTS.values() for version in report.versions]
WAYS = sorted({dimension.name for report in _VERSIONS for dimension in report.dimensions})
MEASURES = sorted({measure.name for report in _VERSIONS for measure in report.measures})
CHARTS = ("bars", "none")
VERSION = "^[1-9][0-9]{0,3}$"
# Lines that alone are counted: a way and a key, up to three.
ONLY = "^[a-z_]{1,30}:[^,:]{0,60}(,[a-z_]{1,30}:[^,:]{0,60}){0,2}$"
PARAMETERS = (
    "from", "to", "by", "across", "measure", "only", "opening", "department", "as_of", "recovered", "days", "chart",
    "version",
)  # fmt: skip
WHAT_IF = {"recovered": MOST_RECOVERED, "days": MOST_DAYS}
# Without dates: these weeks with the present one. A report over more than ten years is a mistake in a date.
WEEKS, LONGEST = 13, timedelta(days=3660)
# How far ahead a plan reaches without dates.
AHEAD = timedelta(days=150)


def report_named(name: str, version: str = "") -> Report:
    """The report as it counts now, or as that version of it counted.

    NotFound `report_unknown`, `version_unknown`; Invalid `version_invalid`.
    """
    if name not in REPORTS:
        raise NotFound("report_unknown", _("There is no such report."))
    report = REPORTS[name]
    if not version:
        return report
    if not re.fullmatch(VERSION, version):
        raise Invalid("version_invalid", _("A version is a whole number from 1 on."))
    found = {one.version: one for one in report.versions}
    if int(version) not in found:
        raise NotFound("version_unknown", _("This report has no such version."), known=sorted(found))
    return found[int(version)]


def is_current(report: Report) -> bool:
    """Whether it counts as is counted now."""
    return report.version == REPORTS[report.name].version


def asked_for(report: Report, given: Mapping[str, str], user: "User") -> Asked:
    """What these parameters ask of the report; of whoever is shown no small groups, the whole quarter of the last day.

    Invalid: `from_invalid`, `to_invalid`, `by_invalid`, `opening_invalid`, `department_invalid`, `recovered_invalid`,
    `days_invalid`, `as_of_invalid`, `across_invalid`, `measure_invalid`, `only_invalid`, `chart_invalid`; NotFound:
    `what_if_unknown` (of a report that looks back), `as_of_unknown` (a report that cannot, a reader who is shown no
    small groups, a day to come or before the history begins), `version_unknown` (an earlier one, of such a reader),
    `stretch_invalid` (ends before it begins, or is longer than ten years), `by_unknown` (another report's way, or not
    this person's; so `across_unknown`, `only_unknown`), `measure_unknown`, `opening_unknown`, `department_unknown`, for
    what is not this person's, too.
    """
    if is_guarded(report, user) and not is_current(report):
        # Two versions beside each other differ by single people.
        raise NotFound("version_unknown", _("By an earlier version HR alone reads this report."))
    as_of = _as_of(report, given, user)
    first, last = _stretch(report, given, as_of or timezone.localdate())
    if not timedelta(0) <= last - first <= LONGEST:
        raise NotFound(
            "stretch_invalid", _("The first day lies after the last, or more than ten years before it.")
        )
    if is_guarded(report, user):
        first, last = quarter(last)
    is_part = bool(given.get("opening") or given.get("department"))
    ways = ways_for(report, user, is_part=is_part)
    by = given.get("by") or ways[0]
    if by not in WAYS:
        raise Invalid("by_invalid", _("This report cannot be parted by that."), known=WAYS)
    if by not in ways:
        raise NotFound("by_unknown", _("This report cannot be parted by that."), known=ways)
    opening = opening_of(given["opening"], user) if given.get("opening") else None
    department = _number(given["department"], "department") if given.get("department") else None
    if department is not None and not Department.objects.visible_to(user).filter(pk=department).exists():
        raise NotFound("department_unknown", _("There is no such department."))
    recovered, days = (_counted(given, name, most) for name, most in WHAT_IF.items())
    if not report.looks_ahead and (recovered is not None or days is not None):
        raise NotFound("what_if_unknown", _("This report knows no what-if."))
    if as_of is not None and as_of < timezone.localdate() and (recovered is not None or days is not None):
        raise NotFound("what_if_unknown", _("A what-if is counted from today on, not as of a past day."))
    if days is not None and recovered is None:
        recovered = MOST_RECOVERED
    across, measure, only = _own(report, given, by, [] if is_guarded(report, user) else ways)
    chart = given.get("chart") or CHARTS[0]
    if chart not in CHARTS:
        raise Invalid("chart_invalid", _("Charts are bars or none."), known=list(CHARTS))
    return Asked(
        user, first, last, by, opening, department, recovered, days or 0, as_of=as_of, across=across, measure=measure,
        only=only, charts=chart == CHARTS[0],
    )  # fmt: skip


def is_usual(given: Mapping[str, str]) -> bool:
    """Whether no day is asked for: the usual ones go along with the day."""
    return not (given.get("from") or given.get("to"))


def _own(
    report: Report, given: Mapping[str, str], by: str, ways: list[str]
) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """What an own table asks for besides: columns, the figure, and the lines that alone are counted."""
    ways = ways if report.facts else []
    across, measure, text = (given.get(name) or "" for name in ("across", "measure", "only"))
    if across and across not in WAYS:
        raise Invalid("across_invalid", _("This report cannot be parted by that."), known=WAYS)
    if across and (across not in ways or across == by):
        raise NotFound(
            "across_unknown", _("Columns stand for something else than lines, as far as this report can.")
        )
    if measure and measure not in MEASURES:
        raise Invalid("measure_invalid", _("There is no such figure."), known=MEASURES)
    if measure and measure not in {one.name for one in report.measures}:
        raise NotFound("measure_unknown", _("This report has no such figure."))
    if text and not re.fullmatch(ONLY, text):
        raise Invalid("only_invalid", _("Filters are written as way:key, up to three with commas between."))
    only = tuple((way, key) for way, _mark, key in (one.partition(":") for one in text.split(",") if one))
    if any(way not in ways for way, _key in only):
        raise NotFound("only_unknown", _("This report cannot be narrowed by that."))
    return across, measure or (report.measures[0].name if across else ""), only


def _as_of(report: Report, given: Mapping[str, str], user: "User") -> date | None:
    """The day as of which it is asked, None for now. One statement where it lies in the past."""
    day = _day(given, "as_of")
    if day is None:
        return None
    if not report.knows_past:
        raise NotFound("as_of_unknown", _("This report knows no past day: it counts what stands now."))
    today = timezone.localdate()
    if day > today:
        raise NotFound("as_of_unknown", _("Ask as of a day that has begun."))
    # Two days beside each other differ by single people.
    if is_guarded(report, user):
        raise NotFound("as_of_unknown", _("As of a past day HR alone reads this report."))
    if day < today:
        since = begins()
        if since is None or timezone.localdate(since) > day:
            raise NotFound("as_of_unknown", _("Of that day nothing is recorded: the history begins later."))
    return day


def _stretch(report: Report, given: Mapping[str, str], today: date) -> tuple[date, date]:
    first, last = _day(given, "from"), _day(given, "to")
    if report.looks_ahead:
        first = first or min(today, last or today).replace(day=1)
        return first, last or max(today, first) + AHEAD
    last = last or today
    return first or last - timedelta(days=last.weekday()) - timedelta(weeks=WEEKS - 1), last


def _counted(given: Mapping[str, str], name: str, most: int) -> int | None:
    """The whole number of that name, None without one. Invalid: `recovered_invalid`, `days_invalid`."""
    text = given.get(name)
    if not text:
        return None
    try:
        number: int = forms.IntegerField(min_value=0, max_value=most).clean(text)
    except ValidationError:
        raise Invalid(
            f"{name}_invalid",
            _("%(name)s is a whole number from 0 to %(most)s.") % {"name": name, "most": most},
        ) from None
    return number


def _day(given: Mapping[str, str], name: str) -> date | None:
    text = given.get(name)
    if not text:
        return None
    if not re.fullmatch(DAY, text):
        raise Invalid(f"{name}_invalid", _("Write a day as 2026-11-18, between 2000 and 2099."))
    return date.fromisoformat(text)


def opening_of(text: str, user: "User") -> int:
    """The opening with this number. Invalid: `opening_invalid`; NotFound: `opening_unknown`, for another's, too."""
    number = _number(text, "opening")
    if not Opening.objects.visible_to(user).filter(pk=number).exists():
        raise NotFound("opening_unknown", _("There is no such opening."))
    return number


def _number(text: str, name: str) -> int:
    try:
        number: int = IdField().clean(text)
    except ValidationError:
        raise Invalid(f"{name}_invalid", _("A record is given by its number.")) from None
    return number
