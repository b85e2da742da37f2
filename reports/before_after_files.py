"""What came before and after a change, to take away: as a workbook, and as a PDF with its pictures."""

import io
from collections.abc import Iterator
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from core import pdf
from core.exchange.writing import XLSX, Notes, Share, write
from core.figures import Rate
from reports.before_after import Compared, Line
from reports.cells import cells
from reports.charts import Chart, chart_of
from reports.differences import Difference
from reports.files import defined, share
from reports.printing import TEMPLATE, definitions, pictures
from reports.registry import Spread, Value


def cautions(found: Compared) -> list[str]:
    """What whoever reads the figures has to know."""
    said = [
        _("This is no experiment: whatever else changed in these days stands in the difference, too."),
        _(
            "The intervals of this page hold together at 95 of 100; rates of fewer than twenty have none. The day of"
            " the change belongs to neither side. Of the latest days results may still come in: who left may return."
        ),
    ]
    if found.meanwhile:
        others = " · ".join(f"{_moment(one.at)} {one.words}" for one in found.meanwhile)
        said.append(f"{_('Also changed in these days:')} {others}")
    return said


def points(found: Difference) -> str:
    """In percentage points, with the interval."""
    return _("%(value)s points (%(low)s to %(high)s)") % {
        "value": f"{100 * found.value:+.1f}",
        "low": f"{100 * found.low:+.1f}",
        "high": f"{100 * found.high:+.1f}",
    }


def charts(found: Compared) -> list[Chart]:
    """A picture for each figure of which a side knows something: the days before above those after."""
    before, after = _("before the change"), _("after the change")
    drawn = (chart_of(one.measure, [(before, one.before), (after, one.after)]) for one in found.lines)
    return [chart for chart in drawn if chart]


def workbook(found: Compared) -> bytes:
    """A line for each figure, both sides and the difference; on a second sheet what it rests on."""
    file = io.BytesIO()
    title = str(found.report.title)
    rests: list[list[Any]] = [[title, str(found.report.words), f"{found.report.name}/{found.report.version}"]]
    rests.append([_("what was changed"), _changed(found)])
    rests += [["", one] for one in cautions(found)]
    rests += defined(one.measure for one in found.lines)
    write(
        XLSX,
        file,
        _headings(found),
        _rows(found),
        title=title,
        notes=Notes(_("What each figure counts"), rests),
    )
    return file.getvalue()


def document(found: Compared) -> bytes:
    """The same on paper."""
    data = {
        "words": _changed(found),
        "asked": str(found.report.title),
        "wide": False,
        "footer": f"{found.report.title} · {found.report.name}/{found.report.version}",
        "nothing": "",
        "headings": [_("figure"), *_titles(found), _("difference, with its interval")],
        "lines": [_printed(one) for one in found.lines],
        "cut": "",
        "excluded": cautions(found),
        "charts": pictures(charts(found)),
        "counts": _("What each figure counts"),
        "definitions": definitions(one.measure for one in found.lines),
    }
    return pdf.make(TEMPLATE, data, title=_("Before and after")).content


def _moment(at: Any) -> str:
    return formats.date_format(timezone.localtime(at), "Y-m-d H:i")


def _changed(found: Compared) -> str:
    return f"{_moment(found.setting.at)} · {found.setting.words}"


def _titles(found: Compared) -> tuple[str, str]:
    """Both sides with their days."""
    before, after = ({"first": first, "last": last} for first, last in (found.before, found.after))
    return _("before: %(first)s to %(last)s") % before, _("after: %(first)s to %(last)s") % after


def _printed(line: Line) -> list[Any]:
    sides = [cells((line.measure,), {line.measure.name: one})[0] for one in (line.before, line.after)]
    gap = line.difference
    if gap is None:
        return [str(line.measure.title), *sides, "–"]
    chance = "" if gap.is_clear else _("may be chance")
    return [str(line.measure.title), *sides, {"first": points(gap), "then": chance}]


def _headings(found: Compared) -> list[str]:
    heads = [_("figure")]
    for side in _titles(found):
        heads += [
            side,
            *(
                one % {"title": side}
                for one in (
                    _("%(title)s: numerator"),
                    _("%(title)s: of"),
                    _("%(title)s: a quarter"),
                    _("%(title)s: three quarters"),
                )
            ),
        ]
    gap = _("difference")
    return [
        *heads,
        gap,
        _("%(title)s: at least") % {"title": gap},
        _("%(title)s: at most") % {"title": gap},
        _("in words"),
    ]


def _rows(found: Compared) -> Iterator[list[Any]]:
    for line in found.lines:
        gap = line.difference
        told: list[Any] = [None] * 4
        if gap is not None:
            chance = None if gap.is_clear else _("may be chance")
            told = [Share(gap.value), Share(gap.low), Share(gap.high), chance]
        yield [str(line.measure.title), *_values(line.before), *_values(line.after), *told]


def _values(value: Value) -> list[Any]:
    """The figure, and of what it is made, as far as it is."""
    match value:
        case Rate():
            return [share(value.value), value.numerator, value.denominator, None, None]
        case Spread():
            return [value.median, None, value.count, value.quarter, value.three_quarters]
        case _:
            return [value, None, None, None, None]
