"""What the page of a report offers to build an own table with: columns, the figure, what alone is counted, charts."""

import re
from typing import Any

from django.utils.http import urlencode

from reports.asking import ONLY, report_named
from reports.parting import key_text, label_of
from reports.registry import Report, Row, Table
from reports.small import is_guarded


def own_table(table: Table, query: dict[str, str]) -> dict[str, Any] | None:
    """The choices, what is chosen, and each filter with the address without it; None for whoever is shown no small
    groups, or of a report that counts by itself. A statement for each filter by records."""
    asked, report = table.asked, _whole(table)
    if report.facts is None or is_guarded(report, asked.user):
        return None
    titles = {one.name: one.title for one in report.dimensions}
    return {
        # The present way of the lines too: whoever chooses other lines beside it asks for both at once.
        "ways": report.dimensions,
        "measures": report.measures,
        "is_used": bool(asked.across or asked.measure or asked.only or not asked.charts),
        "only": query.get("only", ""),
        "filters": [
            {
                "title": titles[way],
                "label": _label(table, way, text),
                "without": f"?{urlencode({**query, 'only': _without(query, way, text)})}",
            }
            for way, text in asked.only
        ],
    }


def narrower(table: Table, query: dict[str, str], row: Row) -> str:
    """The address of the same table over this line alone, parted by the next way; nothing where there is none."""
    asked, report = table.asked, _whole(table)
    if report.facts is None or is_guarded(report, asked.user):
        return ""
    only = with_line(query.get("only", ""), asked.by, key_text(row.key))
    taken = {asked.by, asked.across, *(way for way, _key in asked.only)}
    by = next((one.name for one in report.dimensions if one.name not in taken), "")
    return f"?{urlencode({**query, 'only': only, 'by': by})}" if by and re.fullmatch(ONLY, only) else ""


def with_line(only: str, way: str, key: str) -> str:
    """The filters with one line more, as the address spells them."""
    return ",".join([*filter(None, [only]), f"{way}:{key}"])


def _whole(table: Table) -> Report:
    """The report with all its figures; the table's has those that are shown."""
    return report_named(table.report.name, str(table.report.version))


def _without(query: dict[str, str], way: str, key: str) -> str:
    return ",".join(one for one in query.get("only", "").split(",") if one != f"{way}:{key}")


def _label(table: Table, way: str, text: str) -> str:
    """What the line is called whose key reads so; the key itself where nobody knows."""
    facts = _whole(table).facts_of(table.asked)
    if facts is None or way in ("week", "month"):
        return text
    if way in facts.own:
        key: Any = None if text == "-" else int(text) if text.isdecimal() else text
        try:
            return facts.own[way][1](key)
        except ValueError:
            return text
    return label_of(facts, way, [int(text)])(int(text)) if text.isdecimal() else text
