"""Own tables: rows, columns, one figure, what alone is counted, charts; and that nobody sees more by them."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from python_calamine import CalamineWorkbook

from core.figures import Rate
from recruitment.models import Application, Interview, Offer
from reports import saved
from reports.asking import REPORTS, asked_for
from reports.crossing import MOST_COLUMNS
from reports.lines import people_behind, table_of
from reports.registry import Spread, Table, Value
from tests.factories import api, people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)
DAYS = {"from": "2026-11-02", "to": "2026-11-29"}
WITH_FACTS = [name for name, report in REPORTS.items() if report.facts]


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def table(name: str, user: Any = None, **given: str) -> Table:
    report = REPORTS[name]
    return table_of(report, asked_for(report, DAYS | given, user or people.lead()))


def applied(opening: Any, days_ago: int, **fields: Any) -> Application:
    row = make.application(opening, **fields)
    Application.objects.filter(pk=row.pk).update(created_at=NOW - timedelta(days=days_ago))
    made = make.interview(row, state="completed")
    Interview.objects.filter(pk=made.pk).update(completed_at=NOW - timedelta(days=days_ago - 1))
    return row


def story() -> tuple[Any, Any]:
    """Two openings in two departments; how many of which source came to each, and who was hired."""
    first, second = make.opening(people.department("销售部")), make.opening(people.department("财务部"))
    for source, stage in (
        ("referral", "hired"),
        ("referral", "rejected"),
        ("campus", "hired"),
        ("", "applied"),
    ):
        applied(first, 5, source=source, stage=stage)
    for source, stage in (("referral", "hired"), ("campus", "applied")):
        applied(second, 12, source=source, stage=stage)
    return first, second


def test_a_figure_stands_by_two_ways_each_counted_by_itself() -> None:
    first, second = story()
    found = table("efficiency", by="department", across="source", measure="hired")
    assert [one.name for one in found.report.measures] == ["", "campus", "referral", "total"]
    assert {one.definition for one in found.report.measures} == {"hired/1"}
    assert {row.key: row.values for row in found.rows} == {
        first.department_id: {"": 0, "campus": 1, "referral": 1, "total": 2},
        second.department_id: {"": 0, "campus": 0, "referral": 1, "total": 1},
    }
    assert found.totals == {"": 0, "campus": 1, "referral": 2, "total": 3}


def test_rates_and_durations_are_no_sums() -> None:
    story()
    found = table("efficiency", by="source", across="month", measure="completion_rate")
    rate = found.totals["total"]
    assert isinstance(rate, Rate)
    assert (rate.numerator, rate.denominator) == (6, 6)
    took = table("efficiency", by="source", across="week", measure="days_to_finish")
    assert took.totals["total"] == Spread(6, 1.0, 1.0, 1.0)
    one, two = Spread(1, 1.0, 1.0, 1.0), Spread(2, 1.0, 1.0, 1.0)
    assert {row.key: row.values["2026-11-16"] for row in took.rows} == {
        "": one,
        "campus": one,
        "referral": two,
    }
    assert {row.key: row.values["2026-11-09"] for row in took.rows} == {
        "": Spread(0, None, None, None), "campus": one, "referral": one,
    }  # fmt: skip


@pytest.mark.parametrize("name", WITH_FACTS)
def test_every_pair_of_ways_adds_up_to_the_report_in_as_many_statements(
    name: str, django_assert_max_num_queries: Any
) -> None:
    first, second = story()
    for opening in (first, second):
        for state in ("interrupted", "abandoned"):
            row = make.interview(make.application(opening), state=state)
            make.follow_up(row, exit=row.exits.get())
    for application in Application.objects.filter(stage="hired"):
        Offer.objects.create(
            application=application, state="sent", salary=1, start_on=date(2027, 1, 4), place="上海", answer_by=NOW,
            made_by=people.recruiter(), sent_at=NOW,
        )  # fmt: skip
    user = people.lead()
    report = REPORTS[name]
    figure = report.measures[0].name
    for by in report.dimensions:
        alone = table(name, user, by=by.name)
        for across in report.dimensions:
            if across is by:
                continue
            given = DAYS | {"by": by.name, "across": across.name}
            asked = asked_for(report, given, user)
            with django_assert_max_num_queries(6):
                found = table_of(report, asked)
            assert {row.key: row.values["total"] for row in found.rows} == {
                row.key: row.values[figure] for row in alone.rows
            }
            for values in (*(row.values for row in found.rows), found.totals):
                assert _sum(values) == values["total"]
            assert found.totals["total"] == alone.totals[figure]


def _sum(values: dict[str, Value]) -> int:
    return sum(value for name, value in values.items() if name != "total" and isinstance(value, int))


def test_filters_leave_what_their_lines_hold() -> None:
    first, _second = story()
    user = people.lead()
    referred = table("efficiency", user, by="opening", only="source:referral")
    assert referred.totals["applied"] == 3
    both = table("efficiency", user, by="week", only=f"source:referral,department:{first.department_id}")
    assert (both.totals["applied"], both.totals["hired"]) == (2, 1)
    assert table("efficiency", user, only="source:").totals["applied"] == 1
    assert table("efficiency", user, only="source:nowhere").rows == []
    assert people_behind(REPORTS["efficiency"], both.asked, "hired", None).count() == 1


def test_one_figure_alone_is_one_column() -> None:
    story()
    assert [one.name for one in table("efficiency", measure="hired").report.measures] == ["hired"]
    assert [one.name for one in table("headcount", measure="needed").report.measures] == ["needed"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("efficiency/?across=colour", 422, "across_invalid"),
        ("efficiency/?across=cause", 404, "across_unknown"),
        ("efficiency/?by=week&across=week", 404, "across_unknown"),
        ("headcount/?across=month", 404, "across_unknown"),
        ("efficiency/?measure=colour", 422, "measure_invalid"),
        ("efficiency/?measure=exits", 404, "measure_unknown"),
        ("efficiency/?only=referral", 422, "only_invalid"),
        ("efficiency/?only=source:a,source:b,source:c,source:d", 422, "only_invalid"),
        ("efficiency/?only=cause:network", 404, "only_unknown"),
        ("headcount/?only=month:2026-11-01", 404, "only_unknown"),
        ("efficiency/?chart=pie", 422, "chart_invalid"),
        ("efficiency.csv?across=cause", 404, "across_unknown"),
    ],
)
def test_what_no_table_can_be_is_refused_with_its_code(path: str, status: int, code: str) -> None:
    answer = api.client_of(people.lead()).get(f"/api/v1/reports/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_more_columns_than_anybody_reads_are_refused() -> None:
    department = people.department("销售部")
    shared: dict[str, Any] = {"specialist": people.recruiter(), "interview_plan": make.plan()}
    for _number in range(MOST_COLUMNS + 1):
        make.application(make.opening(department, threshold=None, **shared))
    answer = api.client_of(people.lead()).get("/api/v1/reports/efficiency/?by=week&across=opening")
    assert (answer.status_code, answer.json()["code"]) == (404, "columns_too_many")


def test_nobody_sees_more_by_an_own_table() -> None:
    first, second = story()
    manager = people.manager(second.department)
    found = table("efficiency", manager, by="department", across="source", measure="applied")
    assert [row.key for row in found.rows] == [second.department_id]
    assert found.totals["total"] == 2
    assert table("efficiency", manager, only=f"department:{first.department_id}").rows == []
    client = api.client_of(manager)
    for query in ("by=source&across=month", "only=source:referral"):
        assert client.get(f"/api/v1/reports/offers/?{query}").status_code == 404


def test_the_page_leads_from_each_cell_to_its_people_and_from_each_line_into_it() -> None:
    first, _second = story()
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people.lead())
    query = DAYS | {"by": "department", "across": "source", "measure": "hired"}
    page = client.get("/admin/reports/efficiency/", query).text
    cells = [unescape(one) for one in re.findall(r'<td>(?:<b>)?<a href="([^"]+)">', page)]
    # Two cells and a total in one line, one and a total in the other, and the totals of two columns and of all.
    listed = [len(set(re.findall(r"/application/(\d+)/", client.get(one).text))) for one in cells]
    assert listed == [1, 1, 2, 1, 1, 1, 2, 3]
    assert f"only=department%3A{first.department_id}" in page
    # Other lines and the present way as columns are chosen in one go.
    (columns,) = re.findall(r'<select name="across">(.*?)</select>', page, re.DOTALL)
    assert '<option value="department">' in columns
    narrow = query | {"by": "week", "only": f"department:{first.department_id}"}
    narrowed = client.get("/admin/reports/efficiency/", narrow).text
    assert "取消筛选" in narrowed
    assert "销售部" in narrowed
    assert "hs-chart" in page
    assert "hs-chart" not in client.get("/admin/reports/efficiency/", query | {"chart": "none"}).text


def test_it_is_kept_and_shared_by_role_and_counted_by_whoever_opens_it() -> None:
    story()
    lead, colleague = people.lead(), people.recruiter()
    asked = {
        "by": "department",
        "across": "source",
        "measure": "hired",
        "only": "source:referral",
        "chart": "none",
    }
    view = saved.keep(
        name="来源与部门", report="efficiency", filters=DAYS | asked, by=lead, shared_with=["recruiting"]
    )
    client = Client()
    client.force_login(colleague)
    answer = client.get(f"/admin/reports/views/{view.pk}/", follow=True)
    assert answer.status_code == 200
    assert answer.request["QUERY_STRING"] == (
        "from=2026-11-02&to=2026-11-29&by=department&across=source&measure=hired&only=source%3Areferral&chart=none"
    )


def test_files_hold_the_same_table_and_no_formula() -> None:
    applied(make.opening(people.department("=1+1")), 5, source="campus", stage="hired")
    client = api.client_of(people.lead())
    query = DAYS | {"by": "department", "across": "source", "measure": "hired"}
    body = client.get("/api/v1/reports/efficiency/", query).json()
    assert body["filters"] | {"across": "source", "measure": "hired", "only": []} == body["filters"]
    assert body["rows"][0]["values"] == {"campus": 1, "total": 1}
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get("/api/v1/reports/efficiency.xlsx", query).content)
    ).get_sheet_by_index(0)
    _head, line, total = sheet.to_python()
    assert line == ["=1+1", 1, 1]
    assert total[1:] == [1, 1]
    text = client.get("/api/v1/reports/efficiency.csv", query)
    assert text["Content-Type"] == "text/csv; charset=utf-8"
    assert text["Content-Disposition"].endswith('.csv"')
    lines = text.content.decode("utf-8-sig").splitlines()
    assert [one.split(",")[1:] for one in lines[1:]] == [["1", "1"], ["1", "1"]]
    assert not lines[1].startswith("=")
    assert client.get("/api/v1/reports/efficiency.pdf", query).status_code == 200
