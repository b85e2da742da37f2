"""The reports of the registry: every figure against rows made by hand, parted in every way, and whose they are."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation
from django.utils.html import escape
from python_calamine import CalamineWorkbook

from core.errors import NotFound
from core.figures import Rate
from recruitment.models import (
    Answer,
    Application,
    Assessment,
    ContactAttempt,
    FollowUp,
    Interview,
    InterviewExit,
    Offer,
    RoomEntry,
)
from reports.asking import REPORTS, asked_for
from reports.lines import table_of
from reports.registry import Asked, Spread, Table
from tests.factories import api, people, training
from tests.factories import recruitment as make
from tests.reports.rows import full

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def table(name: str, by: str = "", *, user: Any = None, **asked: Any) -> Table:
    report = REPORTS[name]
    asked = {"first": date(2026, 11, 2), "last": date(2026, 11, 29)} | asked
    return table_of(report, Asked(user or people.lead(), by=by or report.dimensions[0].name, **asked))


def applied(opening: Any, days_ago: int, state: str = "", **fields: Any) -> Application:
    row = make.application(opening, **fields)
    Application.objects.filter(pk=row.pk).update(created_at=NOW - timedelta(days=days_ago))
    if state:
        made = make.interview(row, state=state)
        if state == "completed":
            Interview.objects.filter(pk=made.pk).update(completed_at=NOW - timedelta(days=days_ago - 2))
    row.refresh_from_db()
    return row


def parts(rate: Any) -> tuple[int, int, dict[str, int]]:
    assert isinstance(rate, Rate)
    return rate.numerator, rate.denominator, {str(one.reason.value): one.count for one in rate.excluded}


def test_efficiency_counts_how_far_each_came() -> None:
    opening, other = make.opening(), make.opening()
    applied(opening, 3)
    applied(opening, 4, "interrupted")
    applied(opening, 5, "abandoned")
    applied(opening, 6, "in_progress")
    applied(opening, 7, "completed", stage="second_round", source="referral")
    applied(opening, 8, "completed", stage="hired", source="referral")
    applied(opening, 9, "completed", stage="evaluating")
    applied(opening, 10, "completed", stage="rejected", stood_at="offer")
    applied(other, 2, "completed", stage="offer")
    applied(other, 90, "completed", stage="hired")  # before the stretch
    found = table("efficiency")
    mine = next(row for row in found.rows if row.key == opening.pk)
    assert mine.label == str(opening)
    assert {name: value for name, value in mine.values.items() if isinstance(value, int)} == {
        "applied": 8, "began": 7, "finished": 4, "second_round": 3, "offered": 2, "hired": 1,
    }  # fmt: skip
    assert parts(mine.values["completion_rate"]) == (4, 6, {"under_way": 1})
    assert parts(mine.values["advance_rate"]) == (3, 4, {"exit": 2, "under_way": 1})
    assert parts(mine.values["pass_rate"]) == (
        0, 0, {"exit": 2, "not_started": 1, "under_way": 1, "awaiting_score": 4},
    )  # fmt: skip
    assert mine.values["days_to_finish"] == Spread(4, 2.0, 2.0, 2.0)
    assert found.totals["applied"] == 9
    assert found.totals["hired"] == 1
    by_source = {row.key: row.values["applied"] for row in table("efficiency", "source").rows}
    assert by_source == {"": 7, "referral": 2}


def test_bounds_say_what_the_rate_could_be_once_there_are_enough() -> None:
    opening = make.opening()
    for number in range(20):
        applied(opening, 5, "completed", stage="second_round" if number < 15 else "evaluating")
    for _number in range(10):
        applied(opening, 5, "abandoned")
    rate = table("efficiency").totals["advance_rate"]
    assert isinstance(rate, Rate)
    assert (rate.value, rate.low, rate.high) == (0.75, 0.5, 0.8333)


def test_the_pass_rate_is_by_the_decision_else_by_the_rule_and_never_on_an_estimate() -> None:
    opening = make.opening()
    for value, outcome in ((85, None), (79, None), (60, "invited"), (90, "below"), (80, "asked")):
        full(applied(opening, 5, "completed").interviews.get(), value, outcome=outcome)
    superseded = full(applied(opening, 5, "completed").interviews.get(), 95)
    Assessment.objects.filter(pk=superseded.pk).update(status="superseded")
    for state in ("abandoned", "completed"):
        estimated = full(applied(opening, 5, state).interviews.get(), 95)
        Assessment.objects.filter(pk=estimated.pk).update(basis="fallback")
    rate = table("efficiency").totals["pass_rate"]
    assert parts(rate) == (3, 5, {"exit": 1, "awaiting_score": 2})
    assert isinstance(rate, Rate)
    assert rate.exits == 1


def left(opening: Any, cause: str, *, hours: int, back: int | None = None, **fields: Any) -> InterviewExit:
    made = make.interview(make.application(opening), state=fields.pop("state", "interrupted"))
    exit_ = made.exits.get()
    at = NOW - timedelta(hours=hours)
    InterviewExit.objects.filter(pk=exit_.pk).update(
        cause=cause, left_at=at, returned_at=None if back is None else at + timedelta(hours=back), **fields
    )
    exit_.refresh_from_db()
    return exit_


def called(exit_: InterviewExit, after: int, *, reached: bool = True) -> FollowUp:
    opened = exit_.left_at
    row = make.follow_up(exit_.interview, exit=exit_, opened_at=opened, due_at=opened + timedelta(hours=24))
    attempt = ContactAttempt.objects.create(
        follow_up=row, attempt=1, by=people.recruiter(), channel="phone", reached=reached
    )
    ContactAttempt.objects.filter(pk=attempt.pk).update(at=opened + timedelta(hours=after))
    return row


def test_exits_are_counted_by_their_cause_and_what_became_of_them() -> None:
    opening = make.opening()
    left(opening, "network", hours=30, back=1, is_announced=False)
    left(opening, "network", hours=40, back=3, is_announced=False)
    called(left(opening, "network", hours=50, is_announced=True), 2)
    left(opening, "network", hours=60, state="abandoned", is_announced=False)
    left(opening, "our_outage", hours=20, back=1, is_announced=False)
    left(opening, "network", hours=24 * 60, is_announced=False)  # before the stretch
    found = table("exits")
    network = next(row for row in found.rows if row.key == "network")
    assert {name: value for name, value in network.values.items() if isinstance(value, int)} == {
        "exits": 4, "announced": 1, "silent": 3, "returned": 2, "given_up": 1, "not_contacted": 1, "by_us": 0,
    }  # fmt: skip
    assert parts(network.values["return_rate"]) == (2, 4, {})
    assert network.values["hours_away"] == Spread(2, 2.0, 1.5, 2.5)
    assert parts(found.totals["return_rate"]) == (2, 4, {"our_outage": 1})
    assert found.totals["by_us"] == 1
    assert {row.key for row in table("exits", "saved_stages").rows} == {0}
    assert sum(row.values["exits"] for row in table("exits", "hour").rows) == 5  # type: ignore[misc]
    assert all(row.label.endswith(":59") for row in table("exits", "hour").rows)


def test_exits_are_parted_by_the_question_that_was_open_and_the_device_that_was_left() -> None:
    opening = make.opening()
    for number, platform in enumerate(("Android", "Mac OS", "Symbian"), 1):
        exit_ = left(opening, "network", hours=30, is_announced=False)
        came = RoomEntry.objects.create(
            interview=exit_.interview, attempt=1, epoch=number, device={"platform": platform}
        )
        if number == 2:
            # One stage is saved, and one question of the next answered; the other device came in with the return.
            make.saved_stage(exit_.interview, 1)
            half = exit_.interview.version.stages.get(number=2).questions.get(number=1)
            Answer.objects.create(
                interview=exit_.interview, attempt=1, question=half, text="好", finished_at=NOW
            )
            Answer.objects.filter(interview=exit_.interview).update(finished_at=NOW - timedelta(hours=31))
            RoomEntry.objects.create(
                interview=exit_.interview, attempt=1, epoch=9, device={"platform": "iPad"}
            )
            InterviewExit.objects.filter(pk=exit_.pk).update(returned_at=NOW - timedelta(hours=1))
            RoomEntry.objects.filter(pk=came.pk).update(at=NOW - timedelta(hours=31))
    left(opening, "network", hours=3, is_announced=False)  # nobody knows on what
    elsewhere = left(opening, "vendor", hours=3, is_announced=False)
    Interview.objects.filter(pk=elsewhere.interview_id).update(kind="vendor")
    devices = {row.key: row.values["exits"] for row in table("exits", "device").rows}
    assert devices == {"phone": 1, "computer": 1, "": 3}
    questions = {row.label: row.values["exits"] for row in table("exits", "question").rows}
    assert questions == {"请介绍一下你自己。": 3, "数据对不上时你怎么办?": 1, "不清楚": 1}


def test_a_cause_that_hr_corrected_counts_as_corrected() -> None:
    exit_ = left(make.opening(), "network", hours=5, is_announced=False)
    InterviewExit.objects.filter(pk=exit_.pk).update(corrected_cause="device")
    assert [row.key for row in table("exits").rows] == ["device"]


def test_service_leaves_out_whom_nobody_had_to_call_and_whose_time_is_not_over() -> None:
    opening = make.opening()
    called(left(opening, "network", hours=80, is_announced=False), 2)
    called(left(opening, "network", hours=80, is_announced=False), 30, reached=False)
    late = left(opening, "network", hours=80, is_announced=False)
    make.follow_up(
        late.interview, exit=late, opened_at=late.left_at, due_at=late.left_at + timedelta(hours=24)
    )
    spared = left(opening, "network", hours=80, is_announced=False)
    make.follow_up(
        spared.interview, exit=spared, opened_at=spared.left_at, due_at=spared.left_at + timedelta(hours=24),
        closed_at=spared.left_at + timedelta(hours=1), state="closed", outcome="returned",
    )  # fmt: skip
    waiting = left(opening, "network", hours=3, is_announced=False)
    make.follow_up(
        waiting.interview, exit=waiting, opened_at=waiting.left_at, due_at=NOW + timedelta(hours=21)
    )
    found = table("service", "opening")
    values = found.rows[0].values
    assert {name: value for name, value in values.items() if isinstance(value, int)} == {
        "owed": 5, "called": 2, "reached": 1, "escalated": 0,
    }  # fmt: skip
    assert parts(values["in_time_rate"]) == (1, 3, {"spared": 1, "not_due": 1})
    assert values["hours_to_call"] == Spread(2, 16.0, 9.0, 23.0)


def test_a_stay_in_a_stage_counts_where_it_ended_and_the_promised_day_itself_is_kept() -> None:
    opening = make.opening()
    rows = [make.application(opening) for _number in range(4)]
    today = NOW.date()
    make.stay(rows[0], "applied", "interviewing", days=1, promised_by=today)
    make.stay(rows[1], "applied", "rejected", days=3, promised_by=today - timedelta(days=1))
    make.stay(rows[2], "applied", "screening", days=5)
    make.stay(rows[2], "second_round", "withdrawn", days=2, promised_by=today)
    # Whoever has ended stands in no stage, and what ended before the stretch is not asked for.
    make.stay(rows[3], "rejected", "evaluating", days=2)
    make.stay(rows[3], "interviewing", "evaluating", days=2, ago=30)
    found = table("stages")
    assert [(row.key, row.label) for row in found.rows] == [("applied", "已投递"), ("second_round", "复试")]
    first, second = (row.values for row in found.rows)
    assert [first[name] for name in ("left", "went_on", "ended_there")] == [3, 2, 1]
    assert first["days_in_stage"] == Spread(3, 3.0, 2.0, 4.0)
    assert parts(first["kept_rate"]) == (1, 2, {"not_promised": 1})
    assert (second["ended_there"], parts(second["kept_rate"])) == (1, (1, 1, {}))
    assert (found.totals["left"], parts(found.totals["end_rate"])) == (4, (2, 4, {}))


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_can_be_parted_in_every_way_it_offers_in_as_many_statements(
    name: str, django_assert_max_num_queries: Any
) -> None:
    opening = make.opening(target_month=date(2026, 11, 1))
    applied(opening, 5, "completed")
    called(left(opening, "network", hours=5, is_announced=False), 1)
    # Two more of each, so that a line that is named by itself is a statement more.
    for _more in range(2):
        another = make.opening()
        applied(another, 5, "completed")
        called(left(another, "network", hours=5, is_announced=False), 1)
    for row in Interview.objects.all():
        RoomEntry.objects.create(interview=row, attempt=1, epoch=1)
    for row in Application.objects.filter(interviews__state="completed"):
        make.stay(row, "interviewing", "evaluating", days=2)
        make.card(row)
        training.report(row.interviews.get(kind="room"), "full", {"expertise": 80})
        Offer.objects.create(
            application=row, state="sent", salary=1, start_on=date(2027, 1, 4), place="上海", answer_by=NOW,
            made_by=people.recruiter(), sent_at=NOW,
        )  # fmt: skip
    user = people.lead()
    for dimension in REPORTS[name].dimensions:
        with django_assert_max_num_queries(4 if REPORTS[name].facts else 8):
            found = table(name, dimension.name, user=user)
        assert found.rows, dimension.name
        assert all(row.label for row in found.rows)
        counts = [measure.name for measure in found.report.measures if measure.unit == "count"]
        for count in set(counts) - {"blind_items"}:
            assert sum(row.values[count] for row in found.rows) == found.totals[count]  # type: ignore[misc]


def test_what_stands_in_another_report_is_named_and_led_to() -> None:
    """Who reads how candidates were called looks there for when they were told, and how often they had to ask."""
    figures = {(name, one.name) for name, report in REPORTS.items() for one in report.measures}
    assert all(set(report.beside) <= figures for report in REPORTS.values())
    assert REPORTS["service"].beside == (
        ("telling", "hours_to_notice"), ("telling", "asked_rate"), ("stages", "kept_rate"),
    )  # fmt: skip
    called(left(make.opening(), "network", hours=5, is_announced=False), 1)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people.lead())
    page = client.get("/admin/reports/service/?from=2026-11-02&to=2026-11-26&by=kind").text
    assert '<a href="/admin/reports/telling/?from=2026-11-02&amp;to=2026-11-26">' in page


def test_the_dictionary_says_every_figure_of_every_report_with_its_version() -> None:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people.lead())
    page = client.get("/admin/reports/figures/").text
    with translation.override("zh-hans"):
        for report in REPORTS.values():
            for measure in report.measures:
                assert f"<td>{measure.definition}</td>" in page
                assert escape(str(measure.words)) in page


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_nothing_happened_is_no_line_and_no_rate(name: str) -> None:
    found = table(name)
    assert found.rows == []
    for measure in found.report.measures:
        value = found.totals[measure.name]
        if isinstance(value, Rate):
            assert (value.denominator, value.value, value.low, value.high) == (0, None, None, None)
        elif isinstance(value, Spread):
            assert value == Spread(0, None, None, None)
        else:
            assert value == 0


def test_weeks_and_months_are_those_of_shanghai() -> None:
    opening = make.opening()
    row = make.application(opening)
    # Sunday in London, Monday in Shanghai.
    Application.objects.filter(pk=row.pk).update(created_at=datetime(2026, 11, 22, 17, tzinfo=UTC))
    (week,) = table("efficiency", "week").rows
    assert (week.key, week.label) == ("2026-11-23", "2026-W48")
    (month,) = table("efficiency", "month").rows
    assert (month.key, month.label) == ("2026-11-01", "2026-11")
    assert table("efficiency", first=date(2026, 11, 23), last=date(2026, 11, 23)).totals["applied"] == 1
    assert table("efficiency", first=date(2026, 11, 22), last=date(2026, 11, 22)).totals["applied"] == 0


def test_a_manager_counts_the_own_tree_and_a_department_means_those_below_it() -> None:
    top = people.department("总部")
    below = people.department("数据部", parent=top)
    beside = people.department("财务部")
    for department in (below, beside):
        applied(make.opening(department), 5)
    assert table("efficiency").totals["applied"] == 2
    assert table("efficiency", department=top.pk).totals["applied"] == 1
    assert table("efficiency", user=people.manager(beside)).totals["applied"] == 1
    assert table("efficiency", user=people.manager(beside), department=top.pk).totals["applied"] == 0


def test_over_the_api_a_report_says_what_it_counts_and_of_whom() -> None:
    opening = make.opening()
    applied(opening, 5, "completed", stage="second_round")
    client = api.client_of(people.lead())
    listed = client.get("/api/v1/reports/").json()
    assert [one["name"] for one in listed] == list(REPORTS)
    assert all(measure["description"] for one in listed for measure in one["measures"])
    body = client.get(
        "/api/v1/reports/efficiency/", {"from": "2026-11-02", "to": "2026-11-29", "by": "opening"}
    ).json()
    assert body["definition"]["name"] == "efficiency"
    assert body["version"] == 1
    assert body["filters"] == {
        "from": "2026-11-02", "to": "2026-11-29", "by": "opening", "across": "", "measure": "", "only": [],
        "opening": None, "department": None, "as_of": None, "recovered": None, "days": 0,
    }  # fmt: skip
    assert body["as_of"].endswith("+08:00")
    (row,) = body["rows"]
    assert (row["key"], row["label"]) == (str(opening.pk), str(opening))
    assert row["values"]["advance_rate"] == {
        "numerator": 1, "denominator": 1, "excluded": [], "value": None, "low": None, "high": None,
    }  # fmt: skip
    assert row["values"]["days_to_finish"] == {
        "count": 1,
        "median": 2.0,
        "quarter": 2.0,
        "three_quarters": 2.0,
    }
    assert body["totals"] == row["values"]
    usual = client.get("/api/v1/reports/exits/").json()["filters"]
    assert (usual["from"], usual["to"], usual["by"]) == ("2026-08-31", "2026-11-26", "cause")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("nothing/", 404, "report_unknown"),
        ("exits/?by=source", 404, "by_unknown"),
        ("exits/?by=colour", 422, "by_invalid"),
        ("exits/?from=2026-11-31", 422, "from_invalid"),
        ("exits/?to=26.11.2026", 422, "to_invalid"),
        ("exits/?from=1999-01-01", 422, "from_invalid"),
        ("exits/?from=2026-11-20&to=2026-11-19", 404, "stretch_invalid"),
        ("exits/?from=2010-01-01&to=2026-11-19", 404, "stretch_invalid"),
        ("exits/?opening=0", 422, "opening_invalid"),
        ("exits/?opening=x", 422, "opening_invalid"),
        ("exits/?opening=99999999", 404, "opening_unknown"),
        ("exits/?department=99999999", 404, "department_unknown"),
        ("exits/?colour=red", 422, "unknown_parameter"),
        ("exits/?recovered=1", 404, "what_if_unknown"),
        ("exits/?as_of=2026-11-31", 422, "as_of_invalid"),
        ("exits/?as_of=2026-11-27", 404, "as_of_unknown"),
        ("exits/?as_of=2026-11-20", 404, "as_of_unknown"),
        ("exits.xlsx?as_of=x", 422, "as_of_invalid"),
        ("headcount/?recovered=-1", 422, "recovered_invalid"),
        ("headcount/?days=x", 422, "days_invalid"),
        ("headcount/?as_of=2026-11-26&from=2027-01-01&to=2026-12-01", 404, "stretch_invalid"),
        ("headcount/?by=week", 404, "by_unknown"),
        ("headcount/?from=2027-01-01&to=2026-11-30", 404, "stretch_invalid"),
        ("exits.xlsx?by=source", 404, "by_unknown"),
        ("nothing.xlsx", 404, "report_unknown"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_code(path: str, status: int, code: str) -> None:
    answer = api.client_of(people.lead()).get(f"/api/v1/reports/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_report_that_does_not_say_that_it_knows_the_past_is_asked_as_of_today_alone() -> None:
    """What forgets to ask for the values of then would answer those of now."""
    report = replace(REPORTS["fit"], knows_past=False)
    with pytest.raises(NotFound) as refused:
        asked_for(report, {"as_of": "2026-11-26"}, people.lead())
    assert refused.value.code == "as_of_unknown"


def test_anothers_opening_and_department_are_not_found() -> None:
    opening = make.opening()
    client = api.client_of(people.manager(people.department("财务部")))
    for query in (f"opening={opening.pk}", f"department={opening.department_id}"):
        assert client.get(f"/api/v1/reports/exits/?{query}").status_code == 404


def test_the_workbook_holds_what_the_page_holds_and_no_formula() -> None:
    opening = make.opening(title="=1+1")
    applied(opening, 5, "completed", stage="second_round")
    client = api.client_of(people.lead())
    query = {"from": "2026-11-02", "to": "2026-11-29"}
    answer = client.get("/api/v1/reports/efficiency.xlsx", query)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="efficiency-2026-11-02-2026-11-29.xlsx"'
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    head, line, total = book.get_sheet_by_index(0).to_python()
    body = client.get("/api/v1/reports/efficiency/", query).json()
    values = body["rows"][0]["values"]
    counts = ["applied", "began", "finished", "second_round", "offered", "hired"]
    assert line[: 1 + len(counts)] == [body["rows"][0]["label"], *(values[name] for name in counts)]
    # Completion; second round and pass rate with their bounds.
    assert line[7:20] == ["", 1, 1, "", 1, 1, "", "", "", 0, 0, "", ""]
    assert line[20:] == [2, 2, 2, 1]
    assert total[1:] == line[1:]
    assert len(head) == len(line)
    notes = book.get_sheet_by_index(1).to_python()
    assert notes[0][2] == "efficiency/1"
    assert notes[1][1].startswith("2026-11-02 至 2026-11-29")
    assert ["“通过率”未计入：", "已完成，尚无完整评分 1", ""] in notes
    assert {row[2] for row in notes[3:]} >= {"applied/1", "pass_rate/1", "days_to_finish/1"}
