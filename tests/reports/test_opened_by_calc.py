"""Workbooks of reports, own tables and lists as LibreOffice Calc opens them: each cell is what the page says."""

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.html import strip_tags

from recruitment.models import InterviewExit
from reports.asking import REPORTS, asked_for
from reports.lines import table_of
from reports.registry import Measure
from tests.factories import people
from tests.factories import recruitment as make
from tests.opened_by_calc import PROGRAM, saved_again, sheets, shown
from tests.reports.test_edges import lived

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        PROGRAM is None and os.environ.get("CI") != "true",
        reason="no LibreOffice Calc; script/test says how to get one",
    ),
]
NOW = datetime(2024, 3, 4, 2, tzinfo=UTC)
# What a program would calculate, open, take for a number or a day; and letters that fonts and old encodings lack.
TITLES = (
    "=1+1",
    "@SUM(1,2)",
    "+86 10",
    "-1-1",
    "00123",
    "2024-02-29",
    "1/2",
    "龙㛃𠮷𬭚 “引号”,;",
    '=HYPERLINK("http://x")',
)
OWN = {"by": "opening", "across": "source", "measure": "completion_rate"}
LISTS = ("application", "opening")
# The headings of columns of buttons.
BUTTONS = ("应聘页", "进度看板")
CELL = re.compile(r'<(t[hd]) class="field-[^>]*data-label="([^"]*)">(.*?)</t[hd]>', re.DOTALL)
MOMENT = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
EVERY = {name: {"by": report.dimensions[0].name} for name, report in REPORTS.items()} | {
    "efficiency,own": OWN,
    "efficiency,source": {"by": "source"},
    "exit_rates,week": {"by": "week"},
}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


class Cells(HTMLParser):
    """The rows of the page's first table: of each cell its text, and beside it what stands in small letters."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[list[str]]] = []
        self.at = ""
        self.is_over = False

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td") and not self.is_over:
            self.rows[-1].append(["", ""])
            self.at = tag
        if tag == "small":
            self.at = tag

    def handle_endtag(self, tag: str) -> None:
        self.is_over |= tag == "table"
        if tag in ("th", "td"):
            self.at = ""

    def handle_data(self, data: str) -> None:
        if self.at and not self.is_over:
            self.rows[-1][-1][self.at == "small"] += " ".join(data.split())


def table_on(page: str) -> list[list[list[str]]]:
    """The report's table as a reader sees it."""
    reader = Cells()
    reader.feed(page[page.index('<table class="hs-scores hs-report-table"') :])
    return reader.rows


def list_on(page: str) -> list[dict[str, str]]:
    """The lines of a list of records: each cell by its heading; a day as workbooks write it, nothing as nothing. What
    is there to be pressed is nothing to take away."""
    found: list[dict[str, str]] = []
    for begins, heading, cell in CELL.findall(page):
        if begins == "th":
            found.append({})
        text = " ".join(unescape(strip_tags(cell)).split())
        text = MOMENT.sub(lambda day: "-".join(f"{int(part):02d}" for part in day.groups()), text)
        if unescape(heading) not in BUTTONS:
            found[-1][unescape(heading)] = "" if text in ("–", "-") else text
    return found


def story() -> None:
    """Openings of every dangerous name with somebody each, and one with enough people for shares with bounds."""
    days = NOW - timedelta(days=5)
    for title in TITLES:
        lived(make.opening(title=title, target_month=days.date().replace(day=1)), days)
    many = make.opening(title="客户经理", skills={"excel": 3}, target_month=days.date().replace(day=1))
    for number in range(30):
        lived(many, days, *(("completed", "second_round") if number % 3 else ("abandoned", "interviewing")))
    for number, exit_ in enumerate(InterviewExit.objects.exclude(returned_at=None).order_by("pk")):
        InterviewExit.objects.filter(pk=exit_.pk).update(returned_at=days + timedelta(minutes=37 * number))


def as_on_the_page(measures: Iterable[Measure], held: list[Any], seen: list[str]) -> list[list[str]]:
    """The figures of a line of the workbook in the page's words: what its cells hold, and shares as they are shown."""
    found: list[list[str]] = []
    place = 0
    for one in measures:
        match one.unit:
            case "rate":
                counts = f"{held[place + 1]:.0f}/{held[place + 2]:.0f}"
                bounds = f" ({seen[place + 3]}–{seen[place + 4]})" if one.is_bounded else ""
                is_told = held[place] != ""
                found.append([f"{seen[place]}{bounds}", counts] if is_told else [counts, "样本不足"])
                place += 5 if one.is_bounded else 3
            case "count":
                found.append([f"{held[place]:.0f}", ""])
                place += 1
            case _spread:
                median, low, high, of = held[place : place + 4]
                found.append(
                    ["–", ""] if median == "" else [f"{median:g}", f"{low:g} 至 {high:g}，共 {of:.0f}"]
                )
                place += 4
    assert place == len(held) == len(seen)
    return found


def test_every_cell_that_calc_reads_is_what_the_page_says(tmp_path: Path) -> None:
    story()
    user = people.lead()
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    made = tmp_path / "made"
    made.mkdir()
    pages: dict[str, list[list[list[str]]]] = {}
    for name, given in EVERY.items():
        of = name.partition(",")[0]
        pages[name] = table_on(client.get(f"/admin/reports/{of}/", given).text)
        book = client.get(f"/api/v1/reports/{of}.xlsx", given)
        assert book.status_code == 200, name
        (made / f"{name}.xlsx").write_bytes(book.content)
    books, texts = saved_again(made, "xlsx"), saved_again(made, "csv")
    labels = set()
    for name, given in EVERY.items():
        report = REPORTS[name.partition(",")[0]]
        measures = table_of(report, asked_for(report, given, user)).report.measures
        held, seen = sheets(books / f"{name}.xlsx")[0], shown(texts / f"{name}.csv")
        assert sheets(books / f"{name}.xlsx") == sheets(made / f"{name}.xlsx"), name
        _head, *rows = pages[name]
        assert len(held) == len(seen) == len(rows) + 1
        for cells, texts_of, on_page in zip(held[1:], seen[1:], rows, strict=True):
            assert cells[0] == texts_of[0] == on_page[0][0], name
            found = as_on_the_page(measures, cells[1:], texts_of[1:])
            assert found == on_page[1:], (name, cells[0])
            labels.add(cells[0])
    assert labels >= set(TITLES)


def test_a_list_taken_away_holds_what_the_list_shows(tmp_path: Path) -> None:
    """Names and notes of every kind as text, days as days."""
    names = ("龙㛃𠮷", "=1+1", "@李", "-王", "00123")
    for number, name in enumerate(names):
        with time_machine.travel(NOW - timedelta(days=400 * number, hours=number), tick=False):
            make.application(make.opening(title=TITLES[number]), candidate=make.candidate(name))
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people.lead())
    made = tmp_path / "made"
    made.mkdir()
    pages = {}
    for model in LISTS:
        pages[model] = list_on(client.get(f"/admin/recruitment/{model}/").text)
        book = client.post(f"/admin/recruitment/{model}/export/", {"format": "xlsx"})
        (made / f"{model}.xlsx").write_bytes(book.content)
    books, texts = saved_again(made, "xlsx"), saved_again(made, "csv")
    for model, rows in pages.items():
        head, *seen = shown(texts / f"{model}.csv")
        assert [dict(zip(head, row, strict=True)) for row in seen] == rows, model
        assert sheets(books / f"{model}.xlsx") == sheets(made / f"{model}.xlsx"), model
    (_head, *lines), *_notes = sheets(books / "application.xlsx")
    assert {line[0] for line in lines} == set(names)
    assert {line[3] for line in lines} == {
        (NOW - timedelta(days=400 * number, hours=number - 8)).replace(tzinfo=None)
        for number in range(len(names))
    }


def test_a_text_table_calculates_nothing(tmp_path: Path) -> None:
    """As text that a program takes for numbers where they look like it; what it would calculate has its apostrophe."""
    story()
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people.lead())
    made = tmp_path / "made"
    made.mkdir()
    (made / "offers.csv").write_bytes(client.get("/api/v1/reports/offers.csv", {"by": "opening"}).content)
    (_head, *rows), *_rest = sheets(saved_again(made, "xlsx") / "offers.xlsx")
    live = {title for title in TITLES if title[0] in "=@+-"}
    assert {row[0] for row in rows} >= {f"'{title}" for title in live} | {"龙㛃𠮷𬭚 “引号”,;"}
