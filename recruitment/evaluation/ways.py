"""How a report came about, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from recruitment.evaluation import fallback, rubric
from recruitment.evaluation.services import learned
from recruitment.evaluation.services.stages import BY_PERSON

WAYS = {
    BY_PERSON: _("scored by people"),
    fallback.METHOD: _("from tests, résumé and saved stages, by documented weights"),
    learned.METHOD: _("learned from finished interviews, calibrated on others"),
}


def way_of_report(assessment: Any) -> Any:
    """The sentence for how this report came about; where every score that counts is a person's, no rubric made it."""
    counted = [
        bool(piece.get("reviewed"))
        for score in assessment.competencies.all()
        for piece in score.evidence or ()
        if piece.get("source") == "stage" and piece.get("value") is not None
    ]
    is_by_people = assessment.method.startswith(rubric.FAMILY) and counted and all(counted)
    return way_of(BY_PERSON if is_by_people else assessment.method)


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
