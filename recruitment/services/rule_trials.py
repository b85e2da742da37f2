"""An advance rule tried on the full reports that there are, and taken: whom it would have moved; its next version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound, Refused
from core.figures import Basis
from people.actors import Actor, actor_user
from recruitment.enums import AssessmentStatus
from recruitment.models import (
    AdvanceRule,
    Assessment,
    AssessmentScore,
    Competency,
    Opening,
    RuleCondition,
    RuleVersion,
)
from recruitment.rules import require_recruiting

MOST_SHOWN = 200
LOWEST, HIGHEST = Decimal(1), Decimal(100)


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
    pass: a person would be asked. Without a present rule nobody passes now. Three queries."""
    rule = getattr(opening, "advance_rule", None)
    asked = least_of(rule)
    scores = Prefetch(
        "competencies", queryset=AssessmentScore.objects.filter(competency__in={*least, *asked})
    )
    reports = Assessment.objects.filter(
        of_opening=opening, basis=Basis.FULL, status=AssessmentStatus.CURRENT, value__isnull=False
    )
    rows = reports.select_related("interview__application__candidate").prefetch_related(scores)
    tried = pass_now = pass_then = 0
    gained, lost = [], []
    for report in rows.order_by("-pk"):
        now = rule is not None and _meets(report, rule.threshold, asked)
        then = _meets(report, threshold, least)
        tried, pass_now, pass_then = tried + 1, pass_now + now, pass_then + then
        if then and not now:
            gained.append(report)
        if now and not then:
            lost.append(report)
    return Trial(tried, pass_now, pass_then, gained, lost)


def _meets(report: Assessment, threshold: Decimal, least: Mapping[int, Decimal]) -> bool:
    known = {row.competency_id: row.value for row in report.competencies.all()}
    return (report.value or Decimal(0)) >= threshold and all(
        (score := known.get(competency)) is not None and score >= figure
        for competency, figure in least.items()
    )


def least_of(rule: AdvanceRule | None) -> dict[int, Decimal]:
    """What a present rule asks of competencies. One query, none without a rule."""
    if rule is None:
        return {}
    rows = RuleCondition.objects.filter(version=rule.version_id)
    return dict(rows.values_list("competency", "least"))


def measured(opening: Opening) -> list[Competency]:
    """What a rule of this opening may ask for: what its plan measures, and what the present rule asks for already."""
    by_plan = Q(stages__version__plan=opening.interview_plan_id)
    asked = RuleCondition.objects.filter(version__opening=opening).values("competency")
    return list(Competency.objects.filter(by_plan | Q(pk__in=asked)).distinct().order_by("pk"))


def take(*, opening_id: int, threshold: Decimal, least: Mapping[int, Decimal], by: Actor) -> RuleVersion:
    """Make this the opening's rule, as its next version. What was begun under an earlier one is judged by that one.

    NotFound: opening_unknown. Invalid: figure_out_of_range, competency_not_measured. Refused: rule_unchanged.
    """
    require_recruiting(by, Opening, opening_id)
    if not all(LOWEST <= figure <= HIGHEST for figure in (threshold, *least.values())):
        raise Invalid("figure_out_of_range", _("A condition lies between 1 and 100."))
    with transaction.atomic():
        opening = Opening.objects.select_for_update().filter(pk=opening_id).first()
        if opening is None:
            raise NotFound("opening_unknown", _("There is no such opening."))
        if not set(least) <= {row.pk for row in measured(opening)}:
            raise Invalid("competency_not_measured", _("The opening's interview plan does not measure this."))
        rule = AdvanceRule.objects.filter(opening=opening).select_related("version").first()
        if rule is not None and (rule.threshold, least_of(rule)) == (threshold, dict(least)):
            raise Refused("rule_unchanged", _("This is the rule already."))
        rule = rule or AdvanceRule(opening=opening)
        version = RuleVersion.objects.following(
            opening_id, threshold=threshold, least=least, by=actor_user(by)
        )
        rule.threshold, rule.version = threshold, version
        rule.save()
        return version
