"""Writing tables: a workbook or text, row by row, and nothing in them that a program would calculate or open."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.utils import timezone

from core.text import visible

XLSX, CSV = "xlsx", "csv"
TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
}
# A cell of a workbook holds no more.
LONGEST = 32_767
_PLAIN = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
WIDTHS = range(8, 41)
NOTE_WIDTHS = (28, 90, 24)
# What makes a program take text for a formula.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")

Headings = Sequence[str]
Rows = Iterable[Sequence[Any]]


class Share(float):
    """A part of a whole, 0 to 1: a workbook shows it in per cent, as the page does, and holds the number itself."""


class Month(date):
    """A month by its first day: a workbook shows year and month, and holds the day."""

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month that this day lies in."""
        return cls(day.year, day.month, 1)


@dataclass(frozen=True, slots=True)
class Notes:
    """A second sheet of a workbook: what the table rests on."""

    title: str
    rows: Rows


def write(
    kind: str,
    to: IO[bytes] | Path,
    headings: Headings,
    rows: Rows,
    *,
    title: str = "",
    notes: Notes | None = None,
) -> int:
    """Write the table as `kind`; how many rows. Flat in memory, however many there are. Text has no `notes`."""
    if kind == CSV:
        return _write_text(to, headings, rows)
    return _write_workbook(to, headings, rows, title=title, notes=notes)


def _write_workbook(
    to: IO[bytes] | Path, headings: Headings, rows: Rows, *, title: str, notes: Notes | None
) -> int:
    target = str(to) if isinstance(to, Path) else to
    with xlsxwriter.Workbook(target, _PLAIN) as book:
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#EEF2F7", "border": 1, "text_wrap": True}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "month": book.add_format({"num_format": "yyyy-mm"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "share": book.add_format({"num_format": "0%"}),
        }
        sheet = book.add_worksheet(sheet_name(title) or None)
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            sheet.set_column(column, column, min(max(2 * len(heading) + 2, WIDTHS[0]), WIDTHS[-1]))
            sheet.write_string(0, column, heading, formats["head"])
        count = 0
        for row in rows:
            count += 1
            for column, value in enumerate(row):
                put(sheet, count, column, value, formats)
        if notes is not None:
            _write_notes(book, notes, formats)
    return count


def _write_notes(book: Any, notes: Notes, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(sheet_name(notes.title) or None)
    for column, width in enumerate(NOTE_WIDTHS):
        sheet.set_column(column, column, width)
    for number, row in enumerate(notes.rows):
        for column, value in enumerate(row):
            put(sheet, number, column, value, formats)


def put(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    """One cell by its kind; text is text, whatever it begins with."""
    match value:
        case None | "":
            return
        case bool():
            sheet.write_boolean(row, column, value)
        case Share():
            sheet.write_number(row, column, value, formats["share"])
        case int() | float() | Decimal():
            sheet.write_number(row, column, value)
        case datetime():
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            sheet.write_datetime(row, column, local.replace(tzinfo=None), formats["moment"])
        case Month():
            sheet.write_datetime(row, column, value, formats["month"])
        case date():
            sheet.write_datetime(row, column, value, formats["day"])
        case _:
            sheet.write_string(row, column, clean(str(value)))


def sheet_name(title: str) -> str:
    """A name that every program takes."""
    return "".join(letter for letter in visible(title) if letter not in "[]:*?/\\'")[:31].strip()


def clean(text: str) -> str:
    """Line by line without what no cell can hold."""
    return "\n".join(visible(line) for line in text.splitlines())[:LONGEST]


def _write_text(to: IO[bytes] | Path, headings: Headings, rows: Rows) -> int:
    if isinstance(to, Path):
        with to.open("wb") as stream:
            return _write_text(stream, headings, rows)
    text = io.TextIOWrapper(to, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([harmless(heading) for heading in headings])
    count = 0
    for row in rows:
        count += 1
        writer.writerow([harmless(value) for value in row])
    text.detach()
    return count


def harmless(value: Any) -> str:
    """A cell of text: what would be taken for a formula has an apostrophe before it; numbers stay numbers."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float() | Decimal():
            return str(value)
        case datetime():
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            return local.strftime("%Y-%m-%d %H:%M")
        case Month():
            return f"{value:%Y-%m}"
        case date():
            return value.isoformat()
    text = clean(str(value))
    return f"'{text}" if text.startswith(_LIVE) else text
