"""The figures of a report as pictures: bars, and for rates and durations the interval they lie in.

One picture for each measure, drawn as SVG on the server, the same on pages and in PDFs. Nothing is told by colour: a
count and a rate are a filled bar with its figure beside it, an interval a line with two ends, a median a tick on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.figures import LEAST, Rate
from core.text import shortened
from reports.registry import Measure, Spread, Table, Value, Withheld

# More bars than a page shows at once; the table has them all.
MOST_BARS = 20
WIDTH, LINE, LEFT, BAR, HEAD = 640, 22, 190, 330, 6
# In Chinese letters.
LONGEST_LABEL = 15


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, what it is called, and what it shows in a sentence."""

    title: str
    alt: str
    svg: SafeString
    width: int = WIDTH


def charts(table: Table) -> list[Chart]:
    """A picture for each measure of which some line knows something; none where nobody wants any."""
    if not table.asked.charts:
        return []
    found = [_funnel(table), *(_chart(table, measure) for measure in table.report.measures)]
    return [chart for chart in found if chart]


def _funnel(table: Table) -> Chart | None:
    """The total from step to step, each with how many fewer it has than the one before; of a table of all figures."""
    titles = {one.name: str(one.title) for one in table.report.measures}
    steps = [
        (titles[name], value)
        for name in table.report.funnel
        if name in titles and isinstance(value := table.totals[name], int)
    ]
    if len(steps) < len(table.report.funnel) or not steps or not steps[0][1]:
        return None
    before = [None, *(value for _label, value in steps)]
    rows = [(label, value, step(value, last)) for (label, value), last in zip(steps, before, strict=False)]
    title = _("From step to step, of all lines together")
    return _drawn(title, rows, BAR / max(value for _label, value in steps))


def step(value: int, before: int | None) -> str:
    """A step of the funnel in words: how many, and how many fewer than before; a share where there were enough."""
    if before is None:
        return str(value)
    fewer = _("%(count)s, %(fewer)+d") % {"count": value, "fewer": value - before}
    return f"{fewer} ({value / before - 1:+.0%})" if before >= LEAST else fewer


def _chart(table: Table, measure: Measure) -> Chart | None:
    rows = [(row.label, row.values[measure.name]) for row in table.rows]
    highest = max((_end(value) for _label, value in rows), default=0.0)
    if highest <= 0:
        return None
    shown = rows[:MOST_BARS]
    title = str(measure.title)
    if len(rows) > len(shown):
        title = _("%(title)s: the first %(count)s of %(all)s") % {
            "title": title, "count": len(shown), "all": len(rows),
        }  # fmt: skip
    scale = 1.0 if measure.unit == "rate" else highest
    return _drawn(title, [(label, value, figure(value)) for label, value in shown], BAR / scale)


def _drawn(title: str, rows: Sequence[tuple[str, Value, str]], unit: float) -> Chart:
    """A picture of these lines: what each is called, its value, and the words beside its bar."""
    alt = title + _(": ") + "; ".join(f"{label} {words}" for label, _value, words in rows)
    height = HEAD + LINE * len(rows) + 4
    root = ET.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}", width=str(WIDTH),
        height=str(height), role="img", fill="currentColor",
    )  # fmt: skip
    ET.SubElement(root, "title").text = alt
    _line(root, LEFT, LEFT, HEAD, height)
    for number, row in enumerate(rows):
        _row(root, HEAD + LINE * number, row, unit)
    # ElementTree escapes every text and attribute that it writes.
    return Chart(title, alt, mark_safe(ET.tostring(root, encoding="unicode")))  # noqa: S308


def _row(root: ET.Element, top: int, row: tuple[str, Value, str], unit: float) -> None:
    label, value, words = row
    middle = top + LINE / 2
    _text(root, LEFT - 6, middle, shortened(label, LONGEST_LABEL), anchor="end")
    end = LEFT + _end(value) * unit
    match value:
        case Rate(value=float() as share):
            _bar(root, middle, share * unit)
            if value.low is not None and value.high is not None and value.exits:
                _interval(root, middle, LEFT + value.low * unit, LEFT + value.high * unit)
        case Spread(median=float() as median, quarter=float() as low, three_quarters=float() as high):
            _interval(root, middle, LEFT + low * unit, LEFT + high * unit)
            _line(root, LEFT + median * unit, LEFT + median * unit, middle - 7, middle + 7, width=3)
        case int():
            _bar(root, middle, value * unit)
    _text(root, end + 8, middle, words)


def figure(value: Value) -> str:
    """The figure beside its bar, with what it rests on. Below 20 a rate is its counts and no share."""
    match value:
        case Rate(value=None):
            return f"{value.numerator}/{value.denominator}"
        case Rate():
            bounds = f" ({value.low:.0%}–{value.high:.0%})" if value.exits else ""
            return f"{value.value:.0%}{bounds} {value.numerator}/{value.denominator}"
        case Withheld():
            return _("withheld")
        case Spread(median=None):
            return "–"
        case Spread():
            return f"{value.median:g} ({value.quarter:g}–{value.three_quarters:g})"
        case _:
            return str(value)


def _end(value: Value) -> float:
    """How far to the right its picture reaches."""
    match value:
        case Rate():
            return max(value.value or 0.0, (value.high or 0.0) if value.exits else 0.0)
        case Spread():
            return value.three_quarters or 0.0
        case Withheld():
            return 0.0
        case _:
            return float(value)


def _text(root: ET.Element, x: float, middle: float, words: str, *, anchor: str = "start") -> None:
    asked: dict[str, Any] = {
        "x": f"{x:.1f}", "y": f"{middle + 4:.1f}", "font-size": "11", "text-anchor": anchor,
        "font-family": "Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif",
    }  # fmt: skip
    ET.SubElement(root, "text", asked).text = words


def _bar(root: ET.Element, middle: float, width: float) -> None:
    asked = {
        "x": str(LEFT), "y": f"{middle - 5:.1f}", "width": f"{width:.1f}", "height": "10", "fill-opacity": "0.45",
    }  # fmt: skip
    ET.SubElement(root, "rect", asked)


def _interval(root: ET.Element, middle: float, low: float, high: float) -> None:
    _line(root, low, high, middle, middle, width=1.5)
    for end in (low, high):
        _line(root, end, end, middle - 4, middle + 4, width=1.5)


def _line(root: ET.Element, x1: float, x2: float, y1: float, y2: float, *, width: float = 1) -> None:
    asked = {"x1": f"{x1:.1f}", "x2": f"{x2:.1f}", "y1": f"{y1:.1f}", "y2": f"{y2:.1f}"}
    ET.SubElement(root, "line", {**asked, "stroke": "currentColor", "stroke-width": f"{width:g}"})
