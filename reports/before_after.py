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
    asked: tuple[Asked, Asked]
    lines: list[Line]
    meanwhile: list[Setting]

    @property
    def before(self) -> tuple[date, date]:
        """The first and the last day before the change."""
        return self.asked[0].first, self.asked[0].last

    @property
    def after(self) -> tuple[date, date]:
        """The first and the last day after it."""
        return self.asked[1].first, self.asked[1].last


def comparable() -> list[Report]:
    """The reports that count what happened in a stretch of days."""
    return [report for report in REPORTS.values() if not report.looks_ahead]


def compared(change_id: int, *, user: "User", report: str, days: int = USUAL_DAYS) -> Compared:
    """The report before and after the change, as `both_sides` has them. Errors as there."""
    setting, wanted, sides = both_sides(change_id, user=user, report=report, days=days)
    before, after = (table_of(wanted, one) for one in sides)
    others = changes_of_settings(user, first=sides[0].first, last=sides[1].last)
    return Compared(
        setting=setting,
        report=wanted,
        days=(sides[0].last - sides[0].first).days + 1,
        asked=sides,
        lines=_lines(wanted, before, after),
        meanwhile=[other for other in others if other.id != setting.id and other.touches(setting)],
    )


def both_sides(
    change_id: int, *, user: "User", report: str, days: int = USUAL_DAYS
) -> tuple[Setting, Report, tuple[Asked, Asked]]:
    """What is asked before and after the change, at most `days` on each side: as many as lie behind it by yesterday.

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
    before = Asked(user, day - span * one, day - one, wanted.dimensions[0].name, openings=setting.openings)
    return setting, wanted, (before, replace(before, first=day + one, last=day + span * one))


def _lines(report: Report, before: Table, after: Table) -> list[Line]:
    pairs = [
        (measure, before.totals[measure.name], after.totals[measure.name]) for measure in report.measures
    ]
    tested = sum(can_be_told(first, then) for _measure, first, then in pairs)
    return [
        Line(measure, first, then, difference(first, then, looks=tested) if tested else None)
        for measure, first, then in pairs
    ]
