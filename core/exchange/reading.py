"""A table as somebody sends it: looked at by its content, bounded, and read row by row. Nothing in it is ever run.

Accepted are .xlsx workbooks (Excel, WPS, LibreOffice, Numbers) and text parted by commas, semicolons, tabs or bars.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from core.exchange import texts, workbooks
from core.exchange.files import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    Line,
    require_some,
    too_many_columns,
    too_many_rows,
    unreadable,
)

# The heading, and what people write above it.
ABOVE = 20


def inspect(content: bytes) -> None:
    """Refuse what is no table, is too large or could do harm, before anything reads it.

    TooLarge: too_large. Invalid: empty_file, encrypted_file, old_workbook, macro_file, too_large_inside,
    entities_inside, workbook_broken, not_a_table, web_page, too_many_rows, too_many_columns, encoding_unknown.
    """
    require_some(content, most=MOST_BYTES)
    if workbooks.is_workbook(content):
        workbooks.inspect(content)
    else:
        texts.decoded(content)


def lines(content: bytes) -> Iterator[Line]:
    """The rows of an inspected file that hold anything, in order; of a workbook, of its first sheet that does.

    Invalid: as `inspect`, and empty_table.
    """
    read = workbooks.lines if workbooks.is_workbook(content) else texts.lines
    count = 0
    for line in read(content):
        if all(cell is None or cell == "" for cell in line.cells):
            continue
        count += 1
        if count > MOST_ROWS + ABOVE:
            raise too_many_rows()
        if len(line.cells) > MOST_COLUMNS:
            raise too_many_columns()
        yield line
    if not count:
        raise unreadable("empty_table", _("There is nothing in the table."))
