"""Reports on paper and as pictures: the same figures as the page, with what they rest on, however long."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pypdf
import pytest
import time_machine
from django.utils import timezone, translation

from reports import charts, printing
from reports.asking import REPORTS
from reports.lines import table_of as counted
from reports.registry import Asked, Row, Spread, Table
from tests.factories import api, people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def said(content: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_every_report_is_a_pdf_of_what_one_may_see() -> None:
    opening = make.opening(title="数据分析师")
    make.interview(make.application(opening), state="interrupted")
    reader = api.client_of(people.recruiter())
    for name in REPORTS:
        answer = reader.get(f"/api/v1/reports/{name}.pdf", headers={"accept-language": "zh-hans"})
        assert (answer.status_code, answer["content-type"]) == (200, "application/pdf")
        assert answer["cache-control"] == "no-store"
        assert f'filename="{name}-' in answer["content-disposition"]
        text = said(answer.content)
        with translation.override("zh-hans"):
            assert str(REPORTS[name].title) in text
        assert "统计于 2026-11-26" in text.replace("\n", "")
    assert "数据分析师" in said(reader.get("/api/v1/reports/efficiency.pdf").content)


def test_nobody_prints_what_is_not_theirs_or_does_not_exist() -> None:
    assert api.client_of(None).get("/api/v1/reports/exits.pdf").status_code == 401
    reader = api.client_of(people.recruiter())
    assert reader.get("/api/v1/reports/nothing.pdf").status_code == 404
    assert reader.get("/api/v1/reports/exits.pdf?from=x").json()["code"] == "from_invalid"


def table_of(rows: list[Row]) -> Table:
    report = REPORTS["efficiency"]
    asked = Asked(people.lead(), date(2026, 11, 2), date(2026, 11, 29), "opening")
    return Table(report, asked, timezone.now(), rows, counted(report, asked).totals)


def test_a_long_report_ends_and_says_where_the_rest_is() -> None:
    empty = table_of([])
    rows = [Row(number, f"N{number}", empty.totals) for number in range(printing.MOST_LINES + 3)]
    with translation.override("zh-hans"):
        text = said(printing.document(table_of(rows)).content).replace("\n", "")
    assert "另有 3 行" in text
    assert f"N{printing.MOST_LINES - 1}" in text
    assert f"N{printing.MOST_LINES}" not in text


def test_a_picture_has_each_bar_with_its_figure_and_interval_and_says_it_in_words() -> None:
    opening = make.opening(title="<b>&分析</b>")
    for number in range(30):
        state = "abandoned" if number >= 20 else "completed"
        row = make.application(opening, stage="second_round" if number < 15 else "evaluating")
        type(row).objects.filter(pk=row.pk).update(created_at=NOW - timedelta(days=5))
        make.interview(row, state=state, completed_at=NOW if state == "completed" else None)
    report = REPORTS["efficiency"]
    drawn = charts.charts(
        counted(report, Asked(people.lead(), date(2026, 11, 2), date(2026, 11, 29), "opening"))
    )
    with translation.override("zh-hans"):
        funnel = charts.charts(
            counted(report, Asked(people.lead(), date(2026, 11, 2), date(2026, 11, 29), "opening"))
        )[0]
    assert funnel.alt == (
        "逐步转化（全部合计）：应聘 30; 开始面试 30，较上一步 +0 (+0%); 完成面试 20，较上一步 -10 (-33%);"
        " 复试 15，较上一步 -5 (-25%); 录用通知 0，较上一步 -15; 已录用 0，较上一步 +0"
    )
    rate = next(one for one in drawn if "75%" in one.alt)
    assert "75% (50%–83%) 15/20" in rate.alt
    root = ET.fromstring(rate.svg)
    space = "{http://www.w3.org/2000/svg}"
    assert [root.get("role"), root.findtext(f"{space}title")] == ["img", rate.alt]
    # The axis, and the interval with its two ends.
    assert (len(root.findall(f"{space}rect")), len(root.findall(f"{space}line"))) == (1, 4)
    assert {"<b>&分析</b>", "75% (50%–83%) 15/20"} <= {one.text for one in root.findall(f"{space}text")}
    assert "<b>" not in rate.svg
    # On a phone each line stands above its bar, and all of it within the picture.
    narrow = ET.fromstring(rate.narrow)
    assert narrow.get("width") == "320"
    ends = [float(line.get("x2", 0)) for line in narrow.findall(f"{space}line")]
    assert (len(ends), max(ends) <= 320) == (4, True)


def test_nothing_known_is_no_picture_and_many_lines_are_the_first() -> None:
    empty = table_of([])
    assert charts.charts(empty) == []
    assert charts.charts(table_of([Row(1, "甲", empty.totals)])) == []
    many = [Row(n, str(n), {**empty.totals, "applied": n + 1}) for n in range(charts.MOST_BARS + 5)]
    (drawn,) = charts.charts(table_of(many))
    assert drawn.svg.count("<rect") == charts.MOST_BARS
    assert "25" in drawn.title


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("Interrupted by somebody", "Interrupted by somebody"),
        ("客户服务代表（校园招聘二〇二七）", "客户服务代表（校园招聘二〇二…"),
        ("Customer service (campus), Shanghai", "Customer service (campus), S…"),
    ],
)
def test_what_a_line_is_called_has_the_room_that_its_letters_need(label: str, shown: str) -> None:
    table = table_of([])
    (drawn,) = charts.charts(table_of([Row(1, label, {**table.totals, "applied": 1})]))
    for picture in (drawn.svg, drawn.narrow):
        root = ET.fromstring(picture)
        assert [one.text for one in root.findall("{http://www.w3.org/2000/svg}text")] == [shown, "1"]
    assert label in drawn.alt


@pytest.mark.parametrize(
    ("value", "words"),
    [(7, "7"), (Spread(4, 2.0, 1.5, 3.0), "2 (1.5–3)"), (Spread(0, None, None, None), "–")],
)
def test_a_figure_in_words(value: Any, words: str) -> None:
    assert charts.figure(value) == words
