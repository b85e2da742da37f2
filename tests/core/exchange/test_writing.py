"""Tables as they leave: nothing in them runs, and what is read again is what was written."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.exchange import reading, writing

LIVE = ["=1+1", "+1", "-1", "@x", "\t=1", '=HYPERLINK("http://x")', "|x", "%x"]


def written(kind: str, headings: list[str], rows: list[list[Any]]) -> bytes:
    to = io.BytesIO()
    assert writing.write(kind, to, headings, rows, title="候选人[1]/名单") == len(rows)
    return to.getvalue()


def read(content: bytes) -> list[list[Any]]:
    return [list(line.cells) for line in reading.lines(content)]


def test_a_workbook_holds_no_formula_and_no_link() -> None:
    content = written("xlsx", ["名称"], [[text] for text in [*LIVE, "http://x.example", "mailto:x"]])
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "<hyperlink" not in sheet.lower()
        assert "候选人1名单" in packed.read("xl/workbook.xml").decode()
    assert [row[0].strip() for row in read(content)][1:] == [
        text.strip() for text in [*LIVE, "http://x.example", "mailto:x"]
    ]


def test_text_that_a_program_would_calculate_has_an_apostrophe_and_numbers_have_none() -> None:
    content = written("csv", ["a"], [[text] for text in LIVE] + [[-1], [Decimal("-1.50")]])
    cells = [row[0] for row in read(content)][1:]
    assert content.startswith(b"\xef\xbb\xbf")
    assert all(cell.startswith(("'", " ")) for cell in cells[: len(LIVE)]), cells
    assert cells[len(LIVE) :] == ["-1", "-1.50"]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_values_come_back_as_they_were(kind: str) -> None:
    moment = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
    row = ["龙㛃", None, 12, True, date(2026, 12, 1), moment, "00123", "第一行\n第二行\x00"]
    (found,) = read(written(kind, list("abcdefgh"), [row]))[1:]
    text = ["龙㛃", "", "12", "TRUE", "2026-12-01", "2026-12-01 09:30", "00123", "第一行\n第二行"]
    on_no_clock = datetime(2026, 12, 1, 9, 30)  # noqa: DTZ001 -- as a workbook says it
    book = ["龙㛃", "", 12.0, True, date(2026, 12, 1), on_no_clock, "00123", "第一行\n第二行"]
    assert found == (text if kind == "csv" else book)
