"""Reading .xlsx. What could harm is refused by the bytes; nothing in a workbook is calculated or followed."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.exchange import sheets
from core.exchange.files import MOST_CHARACTERS, Line, unreadable

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
_LONGEST_PLACE = 64


def is_workbook(content: bytes) -> bool:
    """Whether it is one by its first bytes, or something else that no text begins with."""
    return content.startswith((ZIP, OLE, PDF, b"PK\x05\x06"))


def inspect(content: bytes) -> bool:
    """Refuse everything but a plain .xlsx of bounded size, by unpacking it once piece by piece. As `files.inspect`.

    Whether a formula's error stands in it.
    """
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
            return _look_through(packed)
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


def _look_through(packed: zipfile.ZipFile) -> bool:
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
    left, found = MOST_INSIDE, sheets.Sheets()
    for part in parts:
        with packed.open(part) as stream:
            tail = b""
            sheet = found.of(part.filename) if _is_sheet(part) else None
            while piece := stream.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise _too_large_inside()
                whole, tail = _parted(tail + piece)
                _look_at(whole, sheet)
            _look_at(tail, sheet)
    found.require_room(packed)
    return found.have_errors


def _is_sheet(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().startswith("xl/worksheets/")


def _too_large_inside() -> Exception:
    return unreadable(
        "too_large_inside", _("Unpacked, the file is far too large for a table. It is not opened.")
    )


def _parted(piece: bytes) -> tuple[bytes, bytes]:
    """What can be looked at, and what has to wait for its rest: the row that was begun, or what could be cut short."""
    begun = piece.rfind(b"<row")
    if begun >= 0 and len(piece) - begun <= PIECE:
        return piece[:begun], piece[begun:]
    return piece, piece[-_LONGEST_PLACE:]


def _look_at(piece: bytes, sheet: sheets.Sheet | None) -> None:
    """Refuse what could harm; of a sheet, remember what it holds."""
    if _DTD.search(piece):
        raise unreadable(
            "entities_inside",
            _("The workbook holds definitions that no table needs and that could do harm. It is not opened."),
        )
    if sheet is not None:
        sheet.look_at(piece)


def lines(content: bytes) -> Iterator[Line]:
    """The rows of the first visible sheet that holds any, as the program that saved it numbers them."""
    file = io.BytesIO(content)
    if inspect(content):
        file = _with_errors_in_words(file)
    try:
        book = CalamineWorkbook.from_filelike(file)
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


def _with_errors_in_words(file: io.BytesIO) -> io.BytesIO:
    """The same workbook with each formula's error as the word that Excel shows: the reader takes such a cell for an
    empty one."""
    found = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(found, "w", zipfile.ZIP_STORED) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(
                part.filename, sheets.ERROR.sub(rb'\1"str"', content) if _is_sheet(part) else content
            )
    found.seek(0)
    return found


def _cut(cell: Any) -> Any:
    return cell[:MOST_CHARACTERS] if isinstance(cell, str) else cell
