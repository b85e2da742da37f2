"""公平性对照: the page that sets groups of candidates beside each other, for whoever has the right of its own."""

from math import isinf
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from people.actors import person_of
from people.rights import Right
from people.rules import has_right
from recruitment.evaluation.ways import way_of
from reports import fairness

TITLES = {"gender": gettext_lazy("gender"), "age_band": gettext_lazy("age band")}
VERDICTS = {
    "highest": gettext_lazy("the highest share"),
    "below": gettext_lazy("below four fifths: look into it"),
    "maybe_below": gettext_lazy("below four fifths, perhaps by chance"),
    "maybe_above": gettext_lazy("not below four fifths, but the interval reaches there"),
    "above": gettext_lazy("not below four fifths"),
    "not_enough": gettext_lazy("not enough data"),
    "no_comparison": gettext_lazy("nothing to compare with"),
}


def _drawn(release: fairness.Release) -> dict[str, Any]:
    """A release as the page says it."""
    figures = [
        {
            "title": figure.title,
            "words": figure.words,
            "scorer": way_of(figure.scorer) if figure.scorer else "",
            "lines": [_line(line) for line in figure.lines],
        }
        for figure in release.figures
    ]
    return {"label": release.label, "figures": figures, "withheld": release.withheld}


def _line(line: fairness.Line) -> dict[str, Any]:
    low, high = line.interval
    ratio = "–" if line.ratio is None else f"{line.ratio:.2f}"
    if line.ratio_interval is not None:
        least, most = line.ratio_interval
        ratio += f" ({least:.2f} – {'∞' if isinf(most) else f'{most:.2f}'})"
    return {
        "label": line.label,
        "count": f"{line.yes} / {line.of}",
        "share": f"{line.yes / line.of:.0%} ({low:.0%} – {high:.0%})",
        "ratio": ratio,
        "verdict": VERDICTS[line.verdict],
        "is_below": line.verdict == "below",
    }


@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """By `by`: gender or age. 403 without the right, 404 for another way. Two queries beside those of every page."""
    if not has_right(person_of(request), Right.COMPARE):
        raise PermissionDenied
    by = request.GET.get("by", "gender")
    if by not in fairness.WAYS:
        raise Http404
    context = {
        **admin.site.each_context(request),
        "title": _("Groups of candidates compared"),
        "ways": [(name, title, name == by) for name, title in TITLES.items()],
        "releases": [_drawn(release) for release in fairness.releases(by)],
        "as_of": timezone.now(),
    }
    return TemplateResponse(request, "reports/fairness.html", context)
