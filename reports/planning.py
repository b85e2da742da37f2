"""The headcount plan as a report: needed, hired, expected and at risk, and what if exits were recovered."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from recruitment.models import Application, Opening
from reports.headcount import Row as Planned
from reports.headcount import applications_at_risk, applications_expected, applications_hired, headcount_plan
from reports.lines import openings_gone, openings_of
from reports.planned_then import RowThen, plan_then
from reports.registry import DEPARTMENT, MONTH, OPENING, Asked, Measure, People, Report, Row, Table, Value

NEEDED = Measure(
    name="needed",
    title=_("needed"),
    words=_("The headcount of openings whose target month lies in these months."),
)
HIRED = Measure(
    name="hired",
    title=_("hired"),
    words=_(
        "Who has accepted or started, by the month of the start; without a planned start in the target month."
    ),
)
EXPECTED = Measure(
    name="expected",
    title=_("expected"),
    words=_(
        "Starts that nothing holds up, by the month now expected, whose interview was not called off. None of them has"
        " accepted an offer yet: more may be expected than are needed."
    ),
)
AT_RISK = Measure(
    name="at_risk", title=_("at risk"), words=_("Starts planned for these months that an exit holds up.")
)
MISSING = Measure(
    name="missing",
    title=_("still missing"),
    words=_(
        "Needed, less hired and expected, opening by opening and month by month: one too many here fills no gap"
        " there."
    ),
)
IF_EXPECTED = Measure(
    name="if_expected",
    title=_("expected, what if"),
    words=_(
        "Expected, if as many exits as the what-if says, those with the earliest planned start first, were recovered in"
        " so many working days. Without a what-if it is what is expected."
    ),
)
IF_MISSING = Measure(
    name="if_missing", title=_("still missing, what if"), words=_("Still missing, counted with the what-if.")
)
MEASURES = (NEEDED, HIRED, EXPECTED, AT_RISK, MISSING, IF_EXPECTED, IF_MISSING)
_KEYS: dict[str, tuple[Callable[[Planned | RowThen], Any], Callable[[Planned | RowThen], str]]] = {
    "opening": (lambda row: row.opening.pk, lambda row: str(row.opening)),
    "department": (lambda row: row.opening.department_id, lambda row: str(row.opening.department)),
    "month": (lambda row: row.month.isoformat(), lambda row: f"{row.month:%Y-%m}"),
}


def table(asked: Asked) -> Table:
    """The plan of the months that the stretch touches. As many statements for one opening as for many."""
    openings = Opening.objects.filter(pk__in=openings_of(asked)).select_related("department")
    plan: Sequence[Planned | RowThen]
    if asked.until is None:
        as_of = timezone.now()
        plan = headcount_plan(openings, user=asked.user, recovered=asked.recovered, days=asked.days)
    else:
        as_of = asked.until - timedelta(microseconds=1)
        plan = plan_then(openings, asked.past, openings_gone(asked))
    rows = [row for row in plan if asked.first.replace(day=1) <= row.month <= asked.last]
    key, label = _KEYS[asked.by]
    parts: dict[Any, list[Planned | RowThen]] = {}
    for row in rows:
        parts.setdefault(key(row), []).append(row)
    lines = [Row(one, label(parts[one][0]), _values(parts[one])) for one in sorted(parts)]
    return Table(PLAN, asked, as_of, lines, _values(rows))


def _values(rows: Iterable[Planned | RowThen]) -> dict[str, Value]:
    found: dict[str, int] = {measure.name: 0 for measure in MEASURES}
    for row in rows:
        expected = row.expected if row.what_if is None else row.what_if.expected
        for measure, number in (
            (NEEDED, row.needed),
            (HIRED, row.hired),
            (EXPECTED, row.expected),
            (AT_RISK, row.at_risk),
            (MISSING, max(row.needed - row.hired - row.expected, 0)),
            (IF_EXPECTED, expected),
            (IF_MISSING, max(row.needed - row.hired - expected, 0)),
        ):
            found[measure.name] += number
    return dict(found)


def _listed(asked: Asked, line: str | None) -> "tuple[QuerySet[Opening], tuple[date, date]]":
    """The openings and the months that a list is of: of all lines, or of the one whose key reads so."""
    openings, months = openings_of(asked), (asked.first.replace(day=1), asked.last)
    if line is None:
        return openings, months
    try:
        if asked.by == MONTH.name:
            day = date.fromisoformat(line)
            return openings, (day, day)
        return openings.filter(**{"pk" if asked.by == OPENING.name else "department": int(line)}), months
    except ValueError:
        raise NotFound("line_unknown", _t("This report has no such line.")) from None


def _people(counted: Callable[..., "QuerySet[Application]"]) -> People:
    """The list behind a figure, as far as its reader may see it."""

    def people(asked: Asked, line: str | None) -> "QuerySet[Application]":
        return counted(*_listed(asked, line), asked.user)

    return people


PLAN = Report(
    name="headcount",
    title=_("Headcount plan"),
    words=_(
        "Who is needed, hired and expected month by month, whose start an exit holds up, and what if they came back."
    ),
    measures=MEASURES,
    dimensions=(OPENING, DEPARTMENT, MONTH),
    table=table,
    looks_ahead=True,
    knows_past=True,
    people={
        "hired": _people(applications_hired),
        "expected": _people(applications_expected),
        "at_risk": _people(applications_at_risk),
        # Without a what-if it is what is expected.
        "if_expected": _people(applications_expected),
    },
)
