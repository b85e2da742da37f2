"""The refused rows of an import as a table of their own: as they were sent, with what is wrong beside them."""

import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from core.exchange import cells, writing
from core.exchange.models import Fate, Import, ImportRow
from core.joining import named

AT_ONCE = 2_000


def faults_of(batch: Import, row: ImportRow) -> list[dict[str, Any]]:
    """What is wrong with a row, for programs and people: `{row, column, code, message}`."""
    return [
        {
            "row": row.number,
            "column": batch.declaration.heading(fault["column"]),
            "code": fault["code"],
            "message": cells.sentence(fault),
        }
        for fault in row.faults
    ]


def workbook(batch: Import) -> bytes:
    """The rows that were refused, ready to be mended and sent again: the headings are the file's own."""
    to = io.BytesIO()
    headings = [*batch.headings, _("Row in your file"), _("What is wrong")]
    writing.write(writing.XLSX, to, headings, _lines(batch), title=_("Refused rows"))
    return to.getvalue()


def _lines(batch: Import) -> Iterator[list[Any]]:
    width = len(batch.headings)
    rows = ImportRow.objects.filter(batch=batch, fate=Fate.REFUSED).order_by("pk")
    for row in rows.iterator(chunk_size=AT_ONCE):
        said = [
            named(fault["column"], fault["message"]) if fault["column"] else fault["message"]
            for fault in faults_of(batch, row)
        ]
        yield [*(row.cells + [""] * width)[:width], row.number, "\n".join(said)]
