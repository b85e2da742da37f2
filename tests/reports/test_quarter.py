"""A quarter whose truth is known: every figure of the reports at its end, and as of every Monday in it."""

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
import time_machine
from django.test import Client
from python_calamine import CalamineWorkbook

from people.models import User
from reports.apart import Comparisons, comparisons
from reports.asking import REPORTS, asked_for, report_named
from reports.before_after import comparable, compared
from reports.differences import Difference
from reports.lines import people_behind, table_of
from reports.parting import key_text
from reports.registry import Table
from reports.settings_changed import changes_of_settings
from tests.factories import api, people
from tests.reports.quarter import CAUSES, END, FIRST, SPRING, WEEKS, script
from tests.reports.quarter_compared import apart as truly_apart
from tests.reports.quarter_compared import changed as truly_changed
from tests.reports.quarter_figures import Counted, plain
from tests.reports.quarter_played import Played

pytestmark = pytest.mark.django_db
SCRIPT = script()
DAYS = date(2024, 1, 1), date(2024, 3, 31)
MONDAYS = [FIRST + timedelta(weeks=week) for week in range(1, WEEKS)]
# Every report, by each of its versions.
EVERY = [
    name if version is report else f"{name}/{version.version}"
    for name, report in REPORTS.items()
    for version in report.versions
]
KNOWN = [name for name, report in REPORTS.items() if report.knows_past]


@pytest.fixture(params=[END])
def quarter(request: pytest.FixtureRequest) -> Iterator[tuple[Played, User]]:
    """The quarter up to a moment, by default to its end."""
    played = Played()
    played.play([one for one in SCRIPT if one.at < request.param])
    with time_machine.travel(END, tick=False):
        yield played, people.lead()


def asked(report: str, by: str, moment: datetime, user: User, **more: str) -> Table:
    """The report (`name/version` of an earlier one) as the address asks for it, as of the day that ends then."""
    wanted = report_named(*report.split("/"))
    first, last = days_of(report)
    given = {"from": first.isoformat(), "to": last.isoformat(), "by": by, **more}
    if moment < END:
        given["as_of"] = (moment + timedelta(hours=8) - timedelta(days=1)).date().isoformat()
    return table_of(wanted, asked_for(wanted, given, user))


def days_of(report: str) -> tuple[date, date]:
    """The quarter, or the months in which its people start."""
    return (DAYS[0], SPRING) if report == "headcount" else DAYS


def named(played: Played, key: Any) -> Any:
    """A line's key of the truth as the tables write it."""
    match key:
        case ("opening", int(number)):
            return played.openings[number].pk
        case ("department", int(number)):
            return played.departments[number].pk
        case ("specialist", int(number)):
            return played.specialists[number].pk
        case ("interviewer", int(number)):
            return played.interviewers[number].pk
    return key


@pytest.mark.timeout(300)
def test_every_figure_is_true_at_the_end_and_as_of_every_monday(quarter: tuple[Played, User]) -> None:
    """At the end by every way; each Monday by the usual one and another in turn; with which lines stand apart."""
    played, user = quarter
    for week, moment in enumerate((*MONDAYS, END)):
        truth = Counted(SCRIPT, moment)
        for report in (
            EVERY if moment == END else [name for name in EVERY if REPORTS[name.split("/")[0]].knows_past]
        ):
            every = report_named(*report.split("/")).dimensions
            for way in every if moment == END else (every[0], every[1 + week % (len(every) - 1)]):
                found = asked(report, way.name, moment, user)
                lines, total = truth.figures(report, way.name, days_of(report))
                what = f"{report} by {way.name} before {moment}"
                assert {row.key: plain(row.values) for row in found.rows} == {
                    named(played, key): values for key, values in lines.items()
                }, what
                assert plain(found.totals) == total, what
                mine = {named(played, key): values for key, values in lines.items()}
                found_apart = comparisons(found)
                assert (found_apart.looks, told(found_apart)) == truly_apart(
                    {row.key: mine[row.key] for row in found.rows}, total
                ), what


def told(compared: Comparisons) -> dict[tuple[Any, str], tuple[float, float, float]]:
    """The lines that stand apart, by key and figure."""
    return {(one.row.key, one.measure.name): between(one.difference) for one in compared.found}


def between(one: Difference) -> tuple[float, float, float]:
    """The difference and its interval."""
    return one.value, one.low, one.high


@pytest.mark.timeout(300)
def test_every_cell_of_own_tables_is_true_at_the_end_and_as_of_every_monday(
    quarter: tuple[Played, User],
) -> None:
    """Each pair of ways with one figure in turn at the end; each Monday one pair of every report."""
    played, user = quarter
    for week, moment in enumerate((*MONDAYS, END)):
        truth = Counted(SCRIPT, moment)
        for name, report in REPORTS.items():
            if not report.facts or (moment < END and not report.knows_past):
                continue
            pairs = list(combinations([one.name for one in report.dimensions], 2))
            for turn, pair in enumerate(pairs):
                if moment < END and turn != week * 5 % len(pairs):
                    continue
                by, across = pair if turn % 2 else pair[::-1]
                measure = report.measures[(turn + week) % len(report.measures)].name
                found = asked(name, by, moment, user, across=across, measure=measure)
                table, whole = truth.crossed(name, (by, across), measure, DAYS)
                what = f"{measure} of {name} by {by} and {across} before {moment}"
                assert {row.key: plain(row.values) for row in found.rows} == {
                    named(played, key): cells_of(played, cells) for key, cells in table.items()
                }, what
                assert plain(found.totals) == cells_of(played, whole), what


def cells_of(played: Played, cells: dict[Any, Any]) -> dict[str, Any]:
    """The truth's cells under the names of the table's columns."""
    return {key_text(named(played, column)): value for column, value in cells.items()}


def test_both_sides_of_a_change_are_true_with_their_interval(quarter: tuple[Played, User]) -> None:
    """The plan that gained a stage in the middle, over every report that can be compared."""
    played, user = quarter
    change = next(one for one in changes_of_settings(user) if one.openings == (played.openings[0].pk,))
    day = change.day
    assert day == (FIRST + timedelta(days=45, hours=12)).date()
    truth = Counted(SCRIPT, END)
    for report in comparable():
        for days in (7, 28, 40):
            found = compared(change.id, user=user, report=report.name, days=days)
            sides = [
                truth.figures(report.name, report.dimensions[0].name, stretch, {0})[1]
                for stretch in (
                    (day - timedelta(days=days), day - timedelta(days=1)),
                    (day + timedelta(days=1), day + timedelta(days=days)),
                )
            ]
            what = f"{report.name}, {days} days"
            assert (found.days, found.meanwhile) == (days, [])
            lines = {one.measure.name: one for one in found.lines}
            assert [
                plain({name: one.before for name, one in lines.items()}),
                plain({name: one.after for name, one in lines.items()}),
            ] == sides, what
            assert {
                name: one.difference and between(one.difference) for name, one in lines.items()
            } == truly_changed(*sides), what


# A third of it is enough for what is no figure.
SHORT = pytest.mark.parametrize("quarter", [MONDAYS[4]], indirect=True)


@SHORT
def test_today_is_the_same_with_a_day_as_without(quarter: tuple[Played, User]) -> None:
    _played, user = quarter
    given = {"from": DAYS[0].isoformat(), "to": DAYS[1].isoformat()}
    for report in KNOWN:
        now, then = (
            table_of(REPORTS[report], asked_for(REPORTS[report], given | day, user))
            for day in ({}, {"as_of": "2024-04-01"})
        )
        assert (then.rows, then.totals) == (now.rows, now.totals), report


@SHORT
def test_what_stands_behind_a_figure_keeps_the_day(quarter: tuple[Played, User]) -> None:
    """The page, its links, the list behind a number, the workbook and the API all speak of the same day."""
    played, user = quarter
    moment = MONDAYS[3]
    day = (moment + timedelta(hours=8) - timedelta(days=1)).date()
    truth = Counted(SCRIPT, moment)
    reached = {
        who
        for who, one in truth.people.items()
        if {one.stage, one.stood} & {"second_round", "offer", "hired"}
    }
    assert len(reached) > 1
    table = asked("efficiency", "opening", moment, user)
    behind = people_behind(REPORTS["efficiency"], table.asked, "second_round", None)
    assert {row.pk for row in behind} == {played.applications[who].pk for who in reached}
    line = table.rows[0]
    of_line = people_behind(REPORTS["efficiency"], table.asked, "second_round", key_text(line.key))
    assert of_line.count() == line.values["second_round"]
    query = {"from": "2024-01-01", "to": "2024-03-31", "as_of": day.isoformat()}
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    page = client.get("/admin/reports/efficiency/", query).text
    assert f'name="as_of" value="{day}"' in page
    assert f"as_of={day}&amp;measure=second_round" in page
    assert f"{day} 23:59" in page
    listed = client.get("/admin/reports/efficiency/people/", query | {"measure": "second_round"}).text
    assert sum(f"/{played.applications[who].pk}/" in listed for who in reached) == len(reached)
    over_api = api.client_of(user)
    body = over_api.get("/api/v1/reports/efficiency/", query).json()
    assert body["filters"]["as_of"] == day.isoformat()
    assert body["as_of"].startswith(f"{day}T23:59:59")
    assert body["definition"]["knows_past"] is True
    assert body["totals"]["second_round"] == len(reached)
    workbook = over_api.get("/api/v1/reports/efficiency.xlsx", query)
    name = f"efficiency-2024-01-01-2024-03-31-as-of-{day}.xlsx"
    assert workbook["Content-Disposition"] == f'attachment; filename="{name}"'
    total = CalamineWorkbook.from_filelike(io.BytesIO(workbook.content)).get_sheet_by_index(0).to_python()[-1]
    assert total[1] == len(truth.people)
    printed = over_api.get("/api/v1/reports/efficiency.pdf", query)
    assert printed.status_code == 200


@SHORT
def test_whoever_is_shown_no_small_groups_sees_no_past_day(quarter: tuple[Played, User]) -> None:
    """Two days beside each other differ by one person."""
    played, _user = quarter
    manager = api.client_of(people.manager(played.departments[0]))
    for path in ("offers/", "offers.xlsx"):
        refused = manager.get(f"/api/v1/reports/{path}?as_of=2024-02-01")
        assert (refused.status_code, refused.json()["code"]) == (404, "as_of_unknown")
    assert manager.get("/api/v1/reports/exits/?as_of=2024-02-01").status_code == 200


@SHORT
def test_of_a_day_before_the_history_nothing_is_known(quarter: tuple[Played, User]) -> None:
    _played, user = quarter
    client = api.client_of(user)
    first = FIRST - timedelta(days=1) + timedelta(hours=8)
    assert client.get(f"/api/v1/reports/exits/?as_of={first.date()}").status_code == 200
    refused = client.get(f"/api/v1/reports/exits/?as_of={first.date() - timedelta(days=1)}")
    assert (refused.status_code, refused.json()["code"]) == (404, "as_of_unknown")


def test_the_quarter_has_everything_in_it() -> None:
    """Else equal figures say little."""
    assert {one.what for one in SCRIPT} >= {
        "moved", "handed_over", "plan_changed", "applied", "source_mended", "scheduled", "entered", "saved", "left",
        "corrected", "returned", "tried", "told_the_lead", "abandoned", "missed", "rescheduled", "completed",
        "asked", "claimed", "tested", "rated", "estimated", "reported", "reviewed", "stage", "ended", "reopened",
        "offered", "answered", "met", "carded", "enquired", "noticed", "educated", "education_mended", "practised",
        "needed", "start_planned", "held_up", "freed", "training_planned", "item_known", "promised", "decided",
        "decided_on",
    }  # fmt: skip
    assert {one.how["cause"] for one in SCRIPT if one.what == "left"} == {"our_outage", *CAUSES}
    answers = {one.how["state"] for one in SCRIPT if one.what == "answered"}
    assert answers == {"accepted", "declined", "expired", "withdrawn"}
