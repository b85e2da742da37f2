"""Reading tables that are text. Excel and WPS in China save them in GB18030, everybody else in UTF-8."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from core.exchange.files import MOST_CHARACTERS, Line, unreadable

BETWEEN = ",\t;|，"
_FIRST_LINES = 20
# A table as a page, as a page with its pictures, and as the XML of Excel 2003: each is called .xls and opens in Excel.
_PAGES = ("<html", "<!doctype", "<table", "<head", "<meta", "<style", "<?xml", "mime-version:")
_BEGINNING = 1000
_NO_TEXT = {"\x00", "\x01", "\x02", "\x03", "\x04", "\x05", "\x06", "\x08"}


def decoded(content: bytes) -> str:
    """The text. UTF-8 is tried strictly, then GB18030, which a short text is never guessed by. Invalid:
    encoding_unknown, not_a_table, web_page."""
    for encoding in (
        ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NO_TEXT & set(text):
            raise unreadable(
                "not_a_table",
                _("This is no table. Please send an Excel workbook (.xlsx) or a text table (.csv)."),
            )
        if text[:_BEGINNING].lstrip("\ufeff \r\n\t").lower().startswith(_PAGES):
            raise unreadable(
                "web_page",
                _(
                    "This is a web page under the name of a table, as some sites export it. Please open it in Excel or "
                    "WPS, save it as .xlsx and send that."
                ),
            )
        return text
    raise unreadable(
        "encoding_unknown",
        _("The characters of this file cannot be read. Please save it as an Excel workbook (.xlsx)."),
    )


def lines(content: bytes) -> Iterator[Line]:
    """The rows, parted by whatever parts the first lines most evenly; numbered as an editor numbers them."""
    text = decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
    number = 1
    try:
        for row in reader:
            yield Line(number, tuple(cell[:MOST_CHARACTERS] for cell in row))
            number = reader.line_num + 1
    except csv.Error as error:
        raise unreadable(
            "not_a_table",
            _("This is no table. Please send an Excel workbook (.xlsx) or a text table (.csv)."),
        ) from error


def delimiter(text: str) -> str:
    """What parts the heading into most columns; a comma where nothing does."""
    first = text[:65_536].splitlines()[:_FIRST_LINES]

    def widest(mark: str) -> int:
        try:
            return max(len(row) for row in csv.reader(first, delimiter=mark))
        except (csv.Error, ValueError):
            return 0

    return max(BETWEEN, key=widest)
