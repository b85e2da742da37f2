"""Tables for tests, as programs save them."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter

Rows = Sequence[Sequence[Any]]


def workbook(rows: Rows, *, sheet: str = "Sheet1", before: Sequence[str] = ()) -> bytes:
    """An .xlsx whose sheet holds these rows; numbers as numbers, the rest as text. Sheets `before` it are empty."""
    to = io.BytesIO()
    with xlsxwriter.Workbook(to, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name in before:
            book.add_worksheet(name)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if hasattr(cell, "isoformat"):
                    page.write_datetime(number, place, cell, day)
                elif cell is not None:
                    page.write(number, place, cell)
    return to.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The same workbook with these parts put in, or in the place of those of that name ("xl__workbook_xml")."""
    to = io.BytesIO()
    named = {
        name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): each
        for name, each in parts.items()
    }
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in named:
                new.writestr(part, old.read(part))
        for name, each in named.items():
            new.writestr(name, each)
    return to.getvalue()
