"""The same quarter, looked at each Monday while it is lived: what knows no past day, and what is kept by week."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from people.models import User
from reports import folding, weekly
from reports.asking import REPORTS, asked_for
from reports.counting import monday
from reports.lines import table_of
from reports.models import Fold
from reports.weekly import WeeklyReport
from tests.factories import people
from tests.reports.quarter import END, FIRST, OPENINGS, WEEKS, script
from tests.reports.quarter_figures import SHANGHAI, Counted, plain
from tests.reports.quarter_played import Played
from tests.reports.quarter_weeks import week, what_if
from tests.reports.test_quarter import DAYS, days_of, named

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
SCRIPT = script()
MONDAYS = [FIRST + timedelta(weeks=number) for number in range(1, WEEKS + 1)]
CARDS, PLAN = REPORTS["scorecards"], REPORTS["headcount"]


def test_every_week_card_and_what_if_is_true_on_every_monday() -> None:
    """The figures by week are brought up to date every third Monday: between, what has happened since is counted as
    they are read. Scorecards know no past day, and a what-if is counted from today on."""
    played, user = Played(), people.lead()
    seen = []

    def look(moment: datetime) -> None:
        truth = Counted(SCRIPT, moment)
        if len(seen) % 3 == 2:
            folding.fold()
        weeks_are_true(played, user, truth)
        cards_are_true(played, user, truth)
        a_what_if_is_true(played, user, truth)
        seen.append(moment)

    played.play([*SCRIPT], stops=MONDAYS[:-1], then=look)
    assert seen == MONDAYS[:-1]
    assert Fold.objects.get().up_to > 0


def weeks_are_true(played: Played, user: User, truth: Counted) -> None:
    """Every week so far, of all openings and of one."""
    first = (FIRST + SHANGHAI).date()
    number = (monday((truth.until + SHANGHAI).date()) - first).days // 7 + 1
    for opening in (None, len(truth.people) % OPENINGS):
        one = None if opening is None else played.openings[opening].pk
        found = weekly.weeks(first, number, user=user, opening=one)
        assert [said(row) for row in found] == [week(truth, row.first, opening) for row in found]


def said(found: WeeklyReport) -> dict[str, Any]:
    """A week as the truth writes it."""
    flows = (
        "invited", "started", "completed", "abandoned", "missed", "cancelled", "interrupted", "returned",
        "interrupted_by_us",
    )  # fmt: skip
    causes = [*found.exits.by_cause, *([found.exits.ours] if found.exits.ours.count else [])]
    return {
        **{name: getattr(found, name) for name in flows},
        "causes": {str(one.cause.value): (one.announced, one.silent, one.returned) for one in causes},
        **plain({"pass_rate": found.pass_rate}),
    }


def cards_are_true(played: Played, user: User, truth: Counted) -> None:
    """By every way."""
    for way in CARDS.dimensions:
        given = {"from": DAYS[0].isoformat(), "to": DAYS[1].isoformat(), "by": way.name}
        found = table_of(CARDS, asked_for(CARDS, given, user))
        lines, total = truth.figures("scorecards", way.name, DAYS)
        assert {row.key: plain(row.values) for row in found.rows} == {
            named(played, key): values for key, values in lines.items()
        }, (way.name, truth.until)
        assert plain(found.totals) == total, (way.name, truth.until)


def a_what_if_is_true(played: Played, user: User, truth: Counted) -> None:
    """Some of those held up recovered in some days, all of them at once, and nobody."""
    first, last = days_of("headcount")
    turn = len(truth.people)
    today = (truth.until + SHANGHAI).date()
    for recovered, days in ((turn % 4, turn % 30), (1000, 0), (0, 5)):
        given = {
            "from": first.isoformat(), "to": last.isoformat(), "by": "opening", "recovered": str(recovered),
            "days": str(days),
        }  # fmt: skip
        found = table_of(PLAN, asked_for(PLAN, given, user))
        _taken, more = what_if(truth, today, recovered, days)
        plan, _total = truth.headcount("opening", (first, last), more)
        assert {row.key: plain(row.values) for row in found.rows} == {
            named(played, key): values for key, values in plan.items()
        }, (recovered, days, truth.until)


def test_there_is_something_to_be_recovered() -> None:
    """Else a what-if that is true says little."""
    taken = [what_if(Counted(SCRIPT, moment), (moment + SHANGHAI).date(), 1000, 3)[0] for moment in MONDAYS]
    assert sum(taken) > 5
    assert MONDAYS[-1] == END
