"""Before and after a change of a setting: each rate of a report on both sides, and an interval for the difference.

It is no experiment. Whatever else changed in these days, the season, who applied, stands in the difference as well; so
that page says what else was changed, and what it cannot know.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Invalid, NotFound
from reports.asking import REPORTS, report_named
from reports.differences import Difference, can_be_told, difference
from reports.lines import table_of
from reports.registry import Asked, Measure, Report, Table, Value
from reports.settings_changed import Setting, change_of_setting, changes_of_settings

if TYPE_CHECKING:
    from people.models import User

# Days on each side: a week at least, since days of a week differ; a quarter at most.
FEWEST_DAYS, USUAL_DAYS, MOST_DAYS = 7, 28, 91


@dataclass(frozen=True, slots=True)
class Line:
    """One figure on both sides."""

    measure: Measure
    before: Value
    after: Value
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A report on both sides of a change, in as many whole days each; the day itself belongs to neither.

    `meanwhile` are the other settings that were changed in these days and reach one of the same openings.
    """

    setting: Setting
    report: Report
    days: int
    before: tuple[date, date]
    after: tuple[date, date]
    lines: list[Line]
    meanwhile: list[Setting]


def comparable() -> list[Report]:
    """The reports that count what happened in a stretch of days."""
    return [report for report in REPORTS.values() if not report.looks_ahead]


def compared(change_id: int, *, user: "User", report: str, days: int = USUAL_DAYS) -> Compared:
    """The report before and after the change, at most `days` on each side: as many as lie behind it by yesterday.

    Forbidden: not_permitted. NotFound: change_unknown, report_unknown, change_too_young (less than a week ago).
    Invalid: days_invalid.
    """
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise Invalid(
            "days_invalid",
            _("Between %(least)s and %(most)s days on each side.")
            % {"least": FEWEST_DAYS, "most": MOST_DAYS},
        )
    setting = change_of_setting(change_id, user)
    wanted = report_named(report)
    if wanted.looks_ahead:
        raise NotFound("report_unknown", _("There is no such report."))
    span = min(days, (timezone.localdate() - setting.day).days - 1)
    if span < FEWEST_DAYS:
        raise NotFound(
            "change_too_young",
            _("This was changed less than a week ago. Compare when seven whole days have passed."),
        )
    one, day = timedelta(days=1), setting.day
    before, after = (day - span * one, day - one), (day + one, day + span * one)
    asked = Asked(user, *before, wanted.dimensions[0].name, openings=setting.openings)
    sides = table_of(wanted, asked), table_of(wanted, replace(asked, first=after[0], last=after[1]))
    others = changes_of_settings(user, first=before[0], last=after[1])
    return Compared(
        setting=setting,
        report=wanted,
        days=span,
        before=before,
        after=after,
        lines=_lines(wanted, *sides),
        meanwhile=[other for other in others if other.id != setting.id and other.touches(setting)],
    )


def _lines(report: Report, before: Table, after: Table) -> list[Line]:
    pairs = [
        (measure, before.totals[measure.name], after.totals[measure.name]) for measure in report.measures
    ]
    tested = sum(can_be_told(first, then) for _measure, first, then in pairs)
    return [
        Line(measure, first, then, difference(first, then, looks=tested) if tested else None)
        for measure, first, then in pairs
    ]
