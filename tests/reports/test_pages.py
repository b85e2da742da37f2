"""The pages of the reports: what they say, whose they are, and that a bad address counts nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from reports.asking import REPORTS
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


def test_each_report_says_its_figures_with_what_they_rest_on() -> None:
    opening = make.opening(title="数据分析师")
    make.interview(make.application(opening), state="completed", completed_at=NOW)
    make.interview(make.application(opening), state="interrupted")
    client = signed_in(people.recruiter())
    listed = client.get("/admin/reports/").text
    for name, report in REPORTS.items():
        assert f"/admin/reports/{name}/" in listed
        assert str(report.title) in listed
    page = client.get("/admin/reports/efficiency/?from=2026-11-01&to=2026-11-30").text
    assert "数据分析师" in page
    assert "0/1" in page
    assert "1/2" in page
    assert "样本不足" in page
    assert "中途退出 1" in page
    assert "/api/v1/reports/efficiency.xlsx?from=2026-11-01&amp;to=2026-11-30" in page


def test_of_many_lines_the_page_shows_the_first_with_the_total_of_all_and_says_where_the_rest_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3):
        make.application(make.opening(title=f"岗位{number}"))
    monkeypatch.setattr("reports.pages.MOST_LINES", 2)
    page = signed_in(people.recruiter()).get("/admin/reports/efficiency/").text
    table = page[page.index("<table") : page.index("</table>")]
    # Two lines, and the total.
    assert table.count('scope="row"') == 3
    assert "<b><a" in table
    assert ">3</a></b>" in table
    assert "另有 1 行" in page


def test_an_empty_stretch_says_what_to_do() -> None:
    page = signed_in(people.recruiter()).get("/admin/reports/exits/")
    assert page.status_code == 200
    assert "请把开始日期提前" in page.text


def test_what_cannot_be_asked_is_said_above_the_form_which_keeps_it() -> None:
    page = signed_in(people.recruiter()).get("/admin/reports/exits/?from=2026-11-20&to=2026-11-01&by=cause")
    assert page.status_code == 404
    assert 'role="alert"' in page.text
    for kept in ('name="from" value="2026-11-20"', 'name="to" value="2026-11-01"', 'value="cause" selected'):
        assert kept in page.text
    assert "<table" not in page.text
    assert signed_in(people.recruiter()).get("/admin/reports/nothing/").status_code == 404


def test_the_form_keeps_the_opening_and_the_department_that_the_address_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many there are, and wherever they stand among them."""
    first, last = make.opening(), make.opening()
    monkeypatch.setattr("reports.pages.MOST_OFFERED", 1)
    for opening in (first, last):
        asked = f"opening={opening.pk}&department={opening.department_id}"
        page = signed_in(people.recruiter()).get(f"/admin/reports/exits/?{asked}").text
        for kept in (opening.pk, opening.department_id):
            assert f'<option value="{kept}" selected>' in page
    refused = signed_in(people.recruiter()).get("/admin/reports/exits/?opening=x&department=99999999").text
    assert 'role="alert"' in refused


def test_nobody_reads_them_without_signing_in_and_nothing_is_posted() -> None:
    assert Client().get("/admin/reports/exits/").status_code == 302
    assert signed_in(people.recruiter()).post("/admin/reports/exits/").status_code == 405


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_page_takes_as_many_statements_for_few_and_many(
    name: str, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(people.recruiter())
    opening = make.opening()
    make.interview(make.application(opening), state="interrupted")
    client.get(f"/admin/reports/{name}/")
    with django_assert_max_num_queries(20) as few:
        client.get(f"/admin/reports/{name}/")
    for _number in range(4):
        make.interview(make.application(make.opening()), state="interrupted")
    with django_assert_max_num_queries(len(few)):
        client.get(f"/admin/reports/{name}/")
