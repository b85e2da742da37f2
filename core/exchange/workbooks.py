"""Reading .xlsx. What could harm is refused by the bytes; nothing in a workbook is calculated or followed."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.exchange.files import (
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    Line,
    too_many_columns,
    too_many_rows,
    unreadable,
)

ZIP, OLE, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"
MOST_PARTS = 1_000
# Fifty thousand rows of twenty columns unpack to sixty.
MOST_INSIDE = 150 * 1024 * 1024
PIECE = 1024 * 1024
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DTD = re.compile(
    rb"<!(DOCTYPE|ENTITY)|"
    + b"|".join(re.escape("<!DOCTYPE".encode(f"utf-16-{end}")) for end in ("le", "be"))
)
# Where a row or a cell says that it stands: a reader makes room for all that lies before.
_PLACE = re.compile(rb'\sr="([A-Z]{0,7})(\d{1,12})"')
_LONGEST_PLACE = 64


def is_workbook(content: bytes) -> bool:
    """Whether it is one by its first bytes, or something else that no text begins with."""
    return content.startswith((ZIP, OLE, PDF, b"PK\x05\x06"))


def inspect(content: bytes) -> None:
    """Refuse everything but a plain .xlsx of bounded size, by unpacking it once piece by piece. As `files.inspect`."""
    if content.startswith(OLE):
        if _ENCRYPTED in content:
            raise unreadable(
                "encrypted_file", _("The file is protected by a password. Please save it without one.")
            )
        raise unreadable(
            "old_workbook",
            _("This is a workbook of an old format (.xls, .et). Please save it as .xlsx and send that."),
        )
    if content.startswith(PDF):
        raise _no_table()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _look_through(packed)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        zlib.error,
    ) as error:
        # RuntimeError: a part is locked with a password.
        raise _broken() from error


def _broken() -> Exception:
    return unreadable(
        "workbook_broken", _("The file is damaged. Please open it, save it again and send that.")
    )


def _no_table() -> Exception:
    return unreadable(
        "not_a_table", _("This is no table. Please send an Excel workbook (.xlsx) or a text table (.csv).")
    )


def _look_through(packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    names = {part.filename.lower() for part in parts}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise unreadable(
            "macro_file",
            _("The workbook holds macros (.xlsm). Please save it as .xlsx, without them, and send that."),
        )
    if "xl/workbook.xml" not in names:
        raise _no_table()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INSIDE:
        raise _too_large_inside()
    left = MOST_INSIDE
    for part in parts:
        with packed.open(part) as stream:
            tail = b""
            is_sheet = part.filename.lower().startswith("xl/worksheets/")
            while piece := stream.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise _too_large_inside()
                _look_at(tail + piece, is_sheet=is_sheet)
                tail = piece[-_LONGEST_PLACE:]


def _too_large_inside() -> Exception:
    return unreadable(
        "too_large_inside", _("Unpacked, the file is far too large for a table. It is not opened.")
    )


def _look_at(piece: bytes, *, is_sheet: bool) -> None:
    if _DTD.search(piece):
        raise unreadable(
            "entities_inside",
            _("The workbook holds definitions that no table needs and that could do harm. It is not opened."),
        )
    if is_sheet:
        for place in _PLACE.finditer(piece):
            letters, number = place[1], int(place[2])
            if number > MOST_ROWS + 100:
                raise too_many_rows()
            if letters and _column(letters) > MOST_COLUMNS:
                raise too_many_columns()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def lines(content: bytes) -> Iterator[Line]:
    """The rows of the first visible sheet that holds any, as the program that saved it numbers them."""
    inspect(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet in book.sheets_metadata:
            if sheet.typ is not SheetTypeEnum.WorkSheet or sheet.visible is not SheetVisibleEnum.Visible:
                continue
            rows = book.get_sheet_by_name(sheet.name)
            if rows.height:
                for number, row in enumerate(rows.iter_rows(), start=1):
                    yield Line(number, tuple(_cut(cell) for cell in row))
                return
    except CalamineError as error:
        raise _broken() from error
    except BaseException as error:
        # The reader is written in Rust: what it did not expect comes as no Exception.
        if type(error).__name__ == "PanicException":
            raise _broken() from error
        raise


def _cut(cell: Any) -> Any:
    return cell[:MOST_CHARACTERS] if isinstance(cell, str) else cell
