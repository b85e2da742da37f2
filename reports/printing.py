"""A report as a PDF: the table as on the page, what each figure rests on, and the pictures."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core import pdf
from core.joining import remark
from reports import apart
from reports.cells import asked_words, beside, cells, cut, excluded, withheld
from reports.charts import Chart, charts
from reports.registry import Measure, Table

TEMPLATE = Path(__file__).parent / "documents" / "report.typ"
# What somebody still reads on paper; the workbook has every line.
MOST_LINES = 500
# More columns than an upright page holds.
NARROW = 6


def document(table: Table) -> pdf.Document:
    """The report in the active language. Beyond MOST_LINES it says how many lines the workbook has besides."""
    by = next(one for one in table.report.dimensions if one.name == table.asked.by)
    measures = table.report.measures
    rows: list[list[Any]] = [[row.label, *cells(measures, row.values)] for row in table.rows[:MOST_LINES]]
    if rows:
        rows.append([_("total"), *cells(measures, table.totals)])
    data = {
        "words": str(table.report.words),
        "asked": asked_words(table),
        "wide": len(measures) >= NARROW,
        "footer": f"{table.report.title} · {table.report.name}/{table.report.version}",
        "nothing": _("Nothing happened in this stretch of time. Choose an earlier first day."),
        "headings": [str(by.title), *[str(measure.title) for measure in measures]],
        "lines": rows,
        "cut": cut(table, MOST_LINES),
        "excluded": [
            *[_excluded(one) for one in excluded(table)],
            *filter(None, [withheld(table)]),
            *apart.sentences(table),
            *_beside(table),
        ],
        "charts": pictures(charts(table)),
        "counts": _("What each figure counts"),
        "definitions": definitions(measures),
    }
    return pdf.make(TEMPLATE, data, title=str(table.report.title))


def pictures(drawn: Iterable[Chart]) -> list[dict[str, Any]]:
    """The charts as the page takes them, in points."""
    return [
        {"title": one.title, "alt": one.alt, "svg": str(one.svg), "width": one.width * 0.75} for one in drawn
    ]


def definitions(measures: Iterable[Measure]) -> list[dict[str, Any]]:
    """What each figure counts, where its name does not say it."""
    return [
        {"title": str(one.title), "words": str(one.words), "version": one.definition}
        for one in measures
        if one.words
    ]


def _excluded(one: dict[str, Any]) -> str:
    said = _("Left out of “%(title)s”:") % {"title": one["title"]}
    return f"{said} " + " · ".join(f"{part.reason.label} {part.count}" for part in one["parts"])


def _beside(table: Table) -> list[str]:
    figures = [f"{one.title}{remark(one.report.title)}" for one in beside(table.report)]
    return [_("Read beside it: %(figures)s") % {"figures": " · ".join(figures)}] if figures else []
