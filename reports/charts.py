"""The figures of a report as pictures: bars, and for rates and durations the interval they lie in.

One picture for each measure, drawn as SVG on the server, the same on pages and in PDFs, and once more for phones.
Nothing is told by colour: a count and a rate are a filled bar with its figure beside it, an interval a line with two
ends, a median a tick on it.
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
HEAD = 6
# In Chinese letters.
LONGEST_LABEL = 15


@dataclass(frozen=True, slots=True)
class Shape:
    """The measures of a picture: how wide it is and its lines are high, where its bars begin, how long they get."""

    width: int
    line: int
    left: int
    bar: int


# On a phone the words of a line stand above its bar.
WIDE, NARROW = Shape(width=640, line=22, left=190, bar=330), Shape(width=320, line=36, left=1, bar=316)


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, what it is called, and what it shows in a sentence; `narrow`: the same for a phone."""

    title: str
    alt: str
    svg: SafeString
    narrow: SafeString
    width: int = WIDE.width


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
    return _drawn(title, rows, max(value for _label, value in steps))


def step(value: int, before: int | None) -> str:
    """A step of the funnel in words: how many, and how many fewer than before; a share where there were enough."""
    if before is None:
        return str(value)
    fewer = _("%(count)s, %(fewer)+d") % {"count": value, "fewer": value - before}
    return f"{fewer} ({value / before - 1:+.0%})" if before >= LEAST else fewer


def _chart(table: Table, measure: Measure) -> Chart | None:
    return chart_of(measure, [(row.label, row.values[measure.name]) for row in table.rows])


def chart_of(measure: Measure, rows: Sequence[tuple[str, Value]]) -> Chart | None:
    """The picture of one figure on these lines; None where none of them knows something."""
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
    return _drawn(title, [(label, value, figure(value)) for label, value in shown], scale)


def _drawn(title: str, rows: Sequence[tuple[str, Value, str]], highest: float) -> Chart:
    """A picture of these lines: what each is called, its value, and the words beside its bar."""
    alt = title + _(": ") + "; ".join(f"{label} {words}" for label, _value, words in rows)
    wide, narrow = (_picture(alt, rows, highest, shape) for shape in (WIDE, NARROW))
    return Chart(title, alt, wide, narrow)


def _picture(alt: str, rows: Sequence[tuple[str, Value, str]], highest: float, shape: Shape) -> SafeString:
    height = HEAD + shape.line * len(rows) + 4
    root = ET.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {shape.width} {height}", width=str(shape.width),
        height=str(height), role="img", fill="currentColor",
    )  # fmt: skip
    ET.SubElement(root, "title").text = alt
    _line(root, shape.left, shape.left, HEAD, height)
    for number, row in enumerate(rows):
        _row(root, shape, HEAD + shape.line * number, row, shape.bar / highest)
    # ElementTree escapes every text and attribute that it writes.
    return mark_safe(ET.tostring(root, encoding="unicode"))  # noqa: S308


def _row(root: ET.Element, shape: Shape, top: int, row: tuple[str, Value, str], unit: float) -> None:
    (label, value, words), left = row, shape.left
    middle = top + shape.line - 11
    if shape is WIDE:
        _text(root, left - 6, middle, shortened(label, LONGEST_LABEL), anchor="end")
        _text(root, left + _end(value) * unit + 8, middle, words)
    else:
        _text(root, left + 5, middle - 14, shortened(label, LONGEST_LABEL))
        _text(root, shape.width, middle - 14, words, anchor="end")
    match value:
        case Rate(value=float() as share):
            _bar(root, left, middle, share * unit)
            if value.low is not None and value.high is not None and value.exits:
                _interval(root, middle, left + value.low * unit, left + value.high * unit)
        case Spread(median=float() as median, quarter=float() as low, three_quarters=float() as high):
            _interval(root, middle, left + low * unit, left + high * unit)
            _line(root, left + median * unit, left + median * unit, middle - 7, middle + 7, width=3)
        case int():
            _bar(root, left, middle, value * unit)


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


def _bar(root: ET.Element, left: int, middle: float, width: float) -> None:
    asked = {
        "x": str(left), "y": f"{middle - 5:.1f}", "width": f"{width:.1f}", "height": "10", "fill-opacity": "0.45",
    }  # fmt: skip
    ET.SubElement(root, "rect", asked)


def _interval(root: ET.Element, middle: float, low: float, high: float) -> None:
    _line(root, low, high, middle, middle, width=1.5)
    for end in (low, high):
        _line(root, end, end, middle - 4, middle + 4, width=1.5)


def _line(root: ET.Element, x1: float, x2: float, y1: float, y2: float, *, width: float = 1) -> None:
    asked = {"x1": f"{x1:.1f}", "x2": f"{x2:.1f}", "y1": f"{y1:.1f}", "y2": f"{y2:.1f}"}
    ET.SubElement(root, "line", {**asked, "stroke": "currentColor", "stroke-width": f"{width:g}"})
