"""The weekly letter: what changed in the week that ended on Sunday, what is at risk, what is to be done.

Every number leads to the list of whom it counts, a manager's below the own pages of the opening. It is written for one
reader, by that reader's rights and in that reader's language.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, override

from notifications.facts import admin_url
from people.models import User
from people.rules import is_lead
from recruitment.enums import FollowUpState, OpeningState
from recruitment.models import Application, Decision, FollowUp, Opening
from recruitment.queries import behind_promise
from recruitment.rounds.pages import owed_by
from reports.efficiency import EFFICIENCY
from reports.headcount import headcount_page
from reports.leaving import EXIT_REPORT
from reports.lines import table_of
from reports.offering import OFFERS
from reports.registry import Asked, Report, Row, Value
from reports.service import SERVICE

WEEK = timedelta(days=7)
# Of the plan as much as its page shows; of each list so many lines, the rest as a number.
MOST_ROWS, MOST_LINES = 60, 8
# What is told of each report: a figure, and those of its parts that are told after it.
TOLD: tuple[tuple[Report, tuple[str, ...]], ...] = (
    (EFFICIENCY, ("applied",)),
    (EXIT_REPORT, ("exits", "returned")),
    (OFFERS, ("sent", "accepted")),
    (SERVICE, ("owed", "called")),
)
WORDS: dict[str, Any] = {
    "applied": gettext_lazy("Applied: %(count)s"),
    "exits": gettext_lazy("Left half way: %(count)s"),
    "returned": gettext_lazy("of these back: %(count)s"),
    "sent": gettext_lazy("Offers sent: %(count)s"),
    "accepted": gettext_lazy("of these accepted: %(count)s"),
    "owed": gettext_lazy("Calls promised: %(count)s"),
    "called": gettext_lazy("of these tried: %(count)s"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence and the address where its number stands."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said of the week from `first` to `last`; nothing in any of the three is a quiet week."""

    first: date
    last: date
    changes: list[Line]
    risks: list[Line]
    tasks: list[Line]

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.changes or self.risks or self.tasks)


def week_before(today: date) -> tuple[date, date]:
    """The Monday and the Sunday of the last whole week."""
    first = today - timedelta(days=today.weekday()) - WEEK
    return first, first + WEEK - timedelta(days=1)


def openings_of(user: User) -> "QuerySet[Opening]":
    """The openings that a letter is about: those that still look for somebody."""
    return Opening.objects.visible_to(user).exclude(state=OpeningState.CLOSED)


def letter_of(user: User, today: date) -> Letter:
    """The letter to this person, the lead's where the person decides for HR. As many statements for one opening as for
    many."""
    first, last = week_before(today)
    with override(user.language):
        if is_lead(user):
            return Letter(first, last, _changes(user, first, last), _risks(user), _tasks(user))
        return Letter(first, last, _changes_by_opening(user, first, last), _risks(user), _cards(user))


def _changes(user: User, first: date, last: date) -> list[Line]:
    """Each report's figures of the week, each with the list of whom it counts; after the first one that of the week
    before, and none where both are nothing."""
    found = []
    for report, names in TOLD:
        asked = Asked(user, first, last, report.dimensions[0].name)
        before = Asked(user, first - WEEK, last - WEEK, asked.by)
        now, then = (table_of(report, one).totals for one in (asked, before))
        earlier = _count(then[names[0]])
        for name in names:
            count, is_first = _count(now[name]), name == names[0]
            if count or (is_first and earlier):
                said = WORDS[name] % {"count": count}
                said += _("; %(count)s the week before") % {"count": 0} if is_first and not earlier else ""
                found.append(Line(said, _counted(report, name if count else "", first, last)))
            if is_first and earlier:
                said = _("the week before: %(count)s") % {"count": earlier}
                found.append(Line(said, _counted(report, name, before.first, before.last)))
    return found


def _counted(report: Report, name: str, first: date, last: date) -> str:
    """Where the people stand whom a figure of the week counts; where it counts nobody, the report."""
    days = {"from": first.isoformat(), "to": last.isoformat()}
    if not name:
        return f"{_address('report', report.name)}?{urlencode(days)}"
    return f"{_address('report-people', report.name)}?{urlencode({**days, 'measure': name})}"


def _changes_by_opening(user: User, first: date, last: date) -> list[Line]:
    """Of each of a manager's openings, who applied and who left, each figure with the list of whom it counts."""
    days = urlencode({"from": first.isoformat(), "to": last.isoformat()})
    rows: dict[int, list[Line]] = {}
    for report, names in TOLD[:2]:
        row: Row
        for row in table_of(report, Asked(user, first, last, "opening")).rows:
            rows.setdefault(row.key, []).extend(
                Line(
                    _("%(opening)s: %(figures)s")
                    % {"opening": row.label, "figures": WORDS[name] % {"count": count}},
                    admin_url(f"managers/openings/{row.key}/{report.name}/{name}/?{days}"),
                )
                for name in names
                if (count := _count(row.values[name]))
            )
    found = [line for _key, lines in sorted(rows.items()) for line in lines]
    return _shortened(found, admin_url("managers/"))


def _risks(user: User) -> list[Line]:
    """The starts that an exit holds up, each with the day now expected."""
    _count_of_rows, rows = headcount_page(
        openings_of(user).select_related("department"), user=user, begin=0, size=MOST_ROWS
    )
    found = [
        Line(
            _("%(candidate)s (%(opening)s): start planned for %(planned)s, %(now)s")
            % {
                "candidate": one.case.application.candidate,
                "opening": row.opening,
                "planned": one.case.planned_start,
                "now": _("now expected on %(day)s") % {"day": one.forecast_start}
                if one.forecast_start
                else _("nobody knows yet when"),
            },
            admin_url(f"managers/openings/{row.opening.pk}/"),
        )
        for row in rows
        for one in row.held_up
    ]
    return _shortened(found, admin_url("managers/"))


def _tasks(user: User) -> list[Line]:
    """What waits for the lead's people: overdue calls, decisions, answers behind their promise."""
    overdue = FollowUp.objects.visible_to(user).filter(
        state__in=FollowUpState.unfinished, due_at__lt=timezone.now()
    )
    late = behind_promise(Application.objects.visible_to(user))
    counted = (
        (
            overdue.count(),
            ngettext_lazy("%(count)s call is overdue", "%(count)s calls are overdue", "count"),
            "recruitment/followup/?work=overdue",
        ),
        (
            Decision.objects.waiting().visible_to(user).count(),
            ngettext_lazy("%(count)s decision waits", "%(count)s decisions wait", "count"),
            "recruitment/decision/?outcome__exact=asked",
        ),
        (
            late.count(),
            ngettext_lazy(
                "%(count)s candidate waits longer than promised",
                "%(count)s candidates wait longer than promised",
                "count",
            ),
            "recruitment/application/?promise=late",
        ),
    )
    return [Line(words % {"count": count}, admin_url(path)) for count, words, path in counted if count]


def _cards(user: User) -> list[Line]:
    count = owed_by(user)
    if not count:
        return []
    words = ngettext("%(count)s scorecard to hand in", "%(count)s scorecards to hand in", count)
    return [Line(words % {"count": count}, _address("rounds:mine"))]


def _count(value: Value) -> int:
    """A plain count; these figures are never withheld from whoever reads them."""
    return value if isinstance(value, int) else 0


def _shortened(lines: list[Line], url: str) -> list[Line]:
    more = len(lines) - MOST_LINES
    if more <= 0:
        return lines
    return [*lines[:MOST_LINES], Line(_("%(count)s more") % {"count": more}, url)]


def _address(name: str, *args: object) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=args)}"
