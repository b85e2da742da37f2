"""An advance rule tried on the full reports that there are: whom it would have moved. Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Prefetch

from core.figures import Basis
from recruitment.enums import AssessmentStatus
from recruitment.models import Assessment, AssessmentScore, Opening

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """Of `tried` full reports: how many the present rule and the tried one pass, and whom the change would move."""

    tried: int
    pass_now: int
    pass_then: int
    gained: list[Assessment] = field(default_factory=list)
    lost: list[Assessment] = field(default_factory=list)


def try_rule(opening: Opening, *, threshold: Decimal, least: Mapping[int, Decimal]) -> Trial:
    """The rule "overall at or above `threshold`, and each competency of `least` at or above its figure" beside the
    opening's present one, on the opening's full reports that stand. A competency without a score does not
    pass: a person would be asked. Without a present rule nobody passes now. Two queries."""
    rule = getattr(opening, "advance_rule", None)
    scores = Prefetch("competencies", queryset=AssessmentScore.objects.filter(competency__in=least))
    reports = Assessment.objects.filter(
        of_opening=opening, basis=Basis.FULL, status=AssessmentStatus.CURRENT, value__isnull=False
    )
    rows = reports.select_related("interview__application__candidate").prefetch_related(scores)
    tried = pass_now = pass_then = 0
    gained, lost = [], []
    for report in rows.order_by("-pk"):
        value = report.value or Decimal(0)
        known = {row.competency_id: row.value for row in report.competencies.all()}
        now = rule is not None and value >= rule.threshold
        then = value >= threshold and all(
            (score := known.get(competency)) is not None and score >= figure
            for competency, figure in least.items()
        )
        tried, pass_now, pass_then = tried + 1, pass_now + now, pass_then + then
        if then and not now:
            gained.append(report)
        if now and not then:
            lost.append(report)
    return Trial(tried, pass_now, pass_then, gained[:MOST_SHOWN], lost[:MOST_SHOWN])
