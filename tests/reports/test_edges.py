"""Every report on the edges: nobody, one, all left, all estimated, no data in a week, the days where calendars turn."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from core.figures import Rate
from onboarding.models import OnboardingCase, OnboardingDelay
from recruitment.models import Interview, InterviewExit, InterviewSurvey, Offer, ResumeFact, RoomEntry
from reports.asking import REPORTS, asked_for
from reports.cells import cells
from reports.charts import charts
from reports.files import headings, lines
from reports.lines import table_of
from reports.registry import Spread, Table, Value
from tests.factories import api, people, training
from tests.factories import recruitment as make
from tests.reports.edges import EDGES
from tests.reports.quarter_figures import plain, rate, spread
from training.models import Course, PlanItem, TrainingPlan

pytestmark = pytest.mark.django_db
NAMES = sorted(REPORTS)
WITH_FACTS = [name for name in NAMES if REPORTS[name].facts]
# A Monday with a leap day behind it.
NOW = datetime(2024, 3, 4, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def table(name: str, user: Any = None, **given: str) -> Table:
    report = REPORTS[name]
    return table_of(report, asked_for(report, given, user or people.lead()))


def shown(found: Table) -> None:
    """Page, charts and files draw it."""
    for values in (*(row.values for row in found.rows), found.totals):
        assert len(cells(found.report.measures, values)) == len(found.report.measures)
    head = headings(found)
    assert all(len(line) == len(head) for line in lines(found))
    charts(found)


def told(value: Value) -> float | None:
    """What a figure says besides its counts."""
    return value.value if isinstance(value, Rate) else value.median if isinstance(value, Spread) else None


def lived(
    opening: Any, at: datetime, state: str = "completed", stage: str = "offer", score: int | None = 80
) -> Interview:
    """Somebody of whom every report counts something, at that moment; without a score there is no report."""
    with time_machine.travel(at, tick=False):
        application = make.application(opening, stage=stage)
        make.stay(application, "interviewing", "evaluating", days=2)
        made = make.interview(
            application,
            state=state,
            completed_at=at if state == "completed" else None,
            interrupted_at=None if state == "completed" else at,
        )
        exit_ = made.exits.first() or make.exit_(made, returned_at=at + timedelta(minutes=1))
        make.follow_up(made, exit=exit_)
        RoomEntry.objects.create(interview=made, attempt=1, epoch=1)
        make.card(application, handed_in_at=at + timedelta(hours=1))
        if score is not None:
            training.report(made, "full" if state == "completed" else "fallback", {"expertise": score})
        ResumeFact.objects.create(
            application=application, kind="education", title="统计学", degree=2, level=3
        )
        make.project(application)
        InterviewSurvey.objects.create(interview=made, attempt=1, rating=9)
        start = date(2024, 4, 1)
        case = OnboardingCase.objects.create(
            application=application, employee=people.employee(), planned_start=start, forecast_start=start
        )
        if state != "completed":
            OnboardingDelay.objects.create(
                case=case,
                interview=made,
                days=3,
                cause="network",
                expected_result=date(2024, 3, 8),
                started_at=at,
            )
        plan = TrainingPlan.objects.create(application=application)
        PlanItem.objects.create(
            plan=plan, course=Course.objects.first() or training.course(), skill=make.skill(), reason="unknown",
            required_level=3, offset_working_days=5, added_in_version=1,
        )  # fmt: skip
        Offer.objects.create(
            application=application, state="sent", salary=1, start_on=date(2024, 4, 1), place="上海", answer_by=at,
            made_by=people.recruiter(), sent_at=at,
        )  # fmt: skip
    return made


def one() -> None:
    """Whoever finished, with an offer that waits."""
    lived(asking(), NOW - timedelta(days=5))


def all_left() -> None:
    """Nobody came back, and of nobody is anything known."""
    opening = asking()
    for _number in range(21):
        lived(opening, NOW - timedelta(days=5), "abandoned", "interviewing", score=None)


def all_estimated() -> None:
    """Everybody may still come back, and of each stands an estimate on both sides of the pass line."""
    opening = asking()
    for _number in range(21):
        lived(opening, NOW - timedelta(days=5), "interrupted", "interviewing")


def crossing() -> None:
    """Ten passed, ten did not, and twenty left: with them it might be a quarter or three."""
    opening = asking()
    for score, stage in ((80, "second_round"), (60, "rejected")):
        for _number in range(10):
            lived(opening, NOW - timedelta(days=5), stage=stage, score=score)
    for _number in range(20):
        lived(opening, NOW - timedelta(days=5), "abandoned", "interviewing")


def asking() -> Any:
    """An opening of March that asks for one skill, and for whoever scores 80."""
    return make.opening(target_month=date(2024, 3, 1), skills={"excel": 3})


@pytest.mark.parametrize("story", [one, all_left, all_estimated, crossing])
def test_every_figure_on_every_edge(story: Any) -> None:
    story()
    user = people.lead()
    told_now = {name: plain(table(name, user).totals) for name in NAMES}
    assert told_now == {name: whole(name, EDGES[story.__name__][name]) for name in NAMES}


def whole(name: str, said: dict[str, Any]) -> dict[str, Any]:
    """Every figure of the report: what is said, and of the others nobody."""
    nobody = {"count": 0, "rate": rate(0, 0)}
    return {one.name: nobody.get(one.unit, spread([], 1)) for one in REPORTS[name].measures} | said


@pytest.mark.parametrize("by", ["week", "month"])
@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2023, 12, 31), date(2024, 2, 29)])
def test_a_years_first_week_and_a_leap_day_say_what_every_day_says(day: date, by: str) -> None:
    """One, in the lines of that week or month; another two weeks before; between them the week of nobody."""
    user, days = people.lead(), (day - timedelta(days=14), day)
    for one_day in days:
        lived(asking(), datetime(one_day.year, one_day.month, one_day.day, 15, tzinfo=UTC))
    asked = {"from": days[0].isoformat(), "to": days[1].isoformat()}
    for name in WITH_FACTS:
        rows = table(name, user, by=by, **asked).rows
        if by == "week":
            assert [next(iter(plain(row.values).values())) for row in rows] == [1, 0, 1], name
            assert plain(rows[1].values) == whole(name, {}), name
        alone = [table(name, user, by=by, **{"from": str(one_day), "to": str(one_day)}) for one_day in days]
        assert [plain(found.totals) for found in alone] == [plain(found.rows[0].values) for found in alone], (
            name
        )
        # How many days anybody was in the process is all that differs.
        first, second = ({**plain(found.totals), "asked_rate": None} for found in alone)
        assert first == second == {**whole(name, EDGES["one"][name]), "asked_rate": None}, name


@pytest.mark.parametrize("name", NAMES)
def test_of_nobody_every_file_and_page_stands_and_no_share_is_told(name: str) -> None:
    found = table(name)
    assert found.rows == []
    assert plain(found.totals) == whole(name, {})
    shown(found)
    lead = people.lead()
    client = api.client_of(lead)
    for kind in ("", ".xlsx", ".csv"):
        assert client.get(f"/api/v1/reports/{name}{kind or '/'}").status_code == 200


@pytest.mark.parametrize("name", WITH_FACTS)
def test_of_one_the_share_is_not_told_and_the_counts_are(name: str) -> None:
    lived(make.opening(), NOW - timedelta(days=5))
    found = table(name)
    (row,) = found.rows
    assert row.values == found.totals
    for value in row.values.values():
        if isinstance(value, Rate):
            assert (value.value, value.low, value.high) == (None, None, None)
            # Of days, the six that this one was in the process.
            assert value.denominator <= (6 if value.definition.startswith("asked_rate") else 1)
    first = next(iter(found.totals.values()))
    assert first == 1
    shown(found)


@pytest.mark.parametrize("name", WITH_FACTS)
def test_where_all_left_nobody_passed_and_nobody_failed(name: str) -> None:
    opening = make.opening()
    for _number in range(21):
        lived(opening, NOW - timedelta(days=5), "abandoned")
    found = table(name)
    shown(found)
    assert next(iter(found.totals.values())) == (0 if name == "quality" else 21)
    if name == "efficiency":
        rate = found.totals["advance_rate"]
        assert isinstance(rate, Rate)
        # Nobody has a result: no share, and no bounds around none.
        assert (rate.numerator, rate.denominator, rate.value, rate.low, rate.high) == (0, 0, None, None, None)
        assert [(one.reason.value, one.count) for one in rate.excluded] == [("exit", 21)]
        completion = found.totals["completion_rate"]
        assert isinstance(completion, Rate)
        assert (completion.numerator, completion.denominator, completion.value) == (0, 21, 0.0)
    if name == "quality":
        # All estimated: none is a full one, and the score of full ones is not known.
        assert (found.totals["full"], found.totals["estimated"]) == (0, 21)
        assert found.totals["full_score"] == Spread(0, None, None, None)


def test_bounds_that_cross_every_line_are_said_beside_the_share() -> None:
    opening = make.opening()
    for number in range(20):
        stage = "second_round" if number < 10 else "evaluating"
        lived(opening, NOW - timedelta(days=5), stage=stage)
    for _number in range(20):
        lived(opening, NOW - timedelta(days=5), "abandoned", "interviewing")
    rate = table("efficiency").totals["advance_rate"]
    assert isinstance(rate, Rate)
    assert (rate.value, rate.low, rate.high) == (0.5, 0.25, 0.75)
    (cell,) = [
        one
        for one in cells(REPORTS["efficiency"].measures, table("efficiency").totals)
        if "75%" in one["first"]
    ]
    assert cell == {"first": "50% (25%–75%)", "then": "10/20"}


@pytest.mark.parametrize("name", WITH_FACTS)
@pytest.mark.parametrize(("by", "days", "keys"), [
    ("week", (date(2023, 12, 27), date(2024, 1, 16)), ["2023-W52", "2024-W01", "2024-W02", "2024-W03"]),
    ("week", (date(2024, 2, 29), date(2024, 2, 29)), ["2024-W09"]),
    ("month", (date(2023, 11, 30), date(2024, 2, 29)), ["2023-11", "2023-12", "2024-01", "2024-02"]),
])  # fmt: skip
def test_weeks_and_months_without_data_are_lines_of_none(
    name: str, by: str, days: tuple[date, date], keys: list[str]
) -> None:
    """Between the first and the last; a year's first week, a leap day and the turn of a year are days like others."""
    opening = make.opening()
    for day in sorted(set(days)):
        lived(opening, datetime(day.year, day.month, day.day, 15, 59, tzinfo=UTC))
    found = table(name, by=by, **{"from": days[0].isoformat(), "to": days[1].isoformat()})
    assert [row.label for row in found.rows] == keys
    counts = [next(iter(row.values.values())) for row in found.rows]
    assert counts == [1] if len(keys) == 1 else [1, 0, 0, 1]
    for row in found.rows[1:-1]:
        assert [told(value) for value in row.values.values()] == [None] * len(row.values)
    shown(found)


@pytest.mark.parametrize("name", NAMES)
def test_a_department_without_people_is_no_line(name: str) -> None:
    lived(make.opening(target_month=date(2024, 3, 1)), NOW - timedelta(days=5))
    empty = people.department("空部门")
    found = table(name, department=str(empty.pk))
    assert found.rows == []
    shown(found)
    mine = table(name, people.manager(empty))
    assert mine.rows == []
    assert [plain(one.totals) for one in (found, mine)] == [whole(name, {})] * 2


def test_an_exit_at_midnight_belongs_to_the_day_that_begins() -> None:
    made = lived(make.opening(), datetime(2024, 2, 28, 16, tzinfo=UTC), "interrupted")
    assert InterviewExit.objects.filter(interview=made).count() == 1
    assert table("exits", **{"from": "2024-02-29", "to": "2024-02-29"}).totals["exits"] == 1
    assert table("exits", **{"from": "2024-02-28", "to": "2024-02-28"}).totals["exits"] == 0
