"""How a report came about, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from recruitment.evaluation import fallback, rubric
from recruitment.evaluation.services import learned

WAYS = {
    fallback.METHOD: _("from tests, résumé and saved stages, by documented weights"),
    learned.METHOD: _("learned from finished interviews, calibrated on others"),
}


def way_of(method: str) -> Any:
    """The sentence for a report's method."""
    if method.startswith("llm:"):
        return _(
            "by a language model and the rubric's levels, quotes verified, not validated (%(method)s)"
        ) % {"method": method.removeprefix("llm:")}
    if method.startswith(rubric.FAMILY):
        said = _("rubric coverage, not validated")
        return said if method == rubric.METHOD else f"{said} ({method.removeprefix(rubric.FAMILY)})"
    return WAYS.get(method, method)
