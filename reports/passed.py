"""Whether an application passed: its newest full report, by the decision on it, else by the rule that then stood."""

from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    DecimalField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from core.figures import Basis
from recruitment.enums import AssessmentStatus, DecisionOutcome
from recruitment.models import AdvanceRule, Assessment, AssessmentScore, Decision
from recruitment.models.advancing import unmet
from reports.past import Past

RULE = "opening__advance_rule__"


def with_passed(applications: "QuerySet[Any]", past: Past) -> "QuerySet[Any]":
    """These, each with `passed`."""
    # The rules are few and read once; what hangs on a report is looked up for each.
    with_rule = applications.annotate(
        rule_then=past.value(AdvanceRule, "version_id", RULE),
        least_then=past.value(AdvanceRule, "threshold", RULE),
    )
    return with_rule.annotate(passed=_passed(past))


def _passed(past: Past) -> Subquery:
    """Of an application: True or False by its newest full report that stands, or stood then; none without one.

    Invited on it, by the rule or by a person, or, where nothing was decided, meeting the opening's rule as it stands or
    stood then, what it asks of competencies included. As `passing.pass_rate` says it of an attempt.
    """
    scores = AssessmentScore.objects.order_by()
    decided = Q(decision__isnull=False) & past.by("decision__at")
    reports = (
        Assessment.objects.annotate(status_then=past.value(Assessment, "status"))
        .filter(
            past.by("issued_at"),
            interview__application=OuterRef("pk"),
            basis=Basis.FULL,
            status_then=AssessmentStatus.CURRENT,
        )
        .annotate(
            value_then=past.value(Assessment, "value"),
            outcome_then=Case(When(decided, then=past.value(Decision, "outcome", "decision__"))),
            version=Case(
                When(decided, then=F("decision__rule")),
                default=OuterRef("rule_then"),
                output_field=BigIntegerField(),
            ),
            least=Case(
                When(decided, then=F("decision__threshold")),
                default=OuterRef("least_then"),
                output_field=DecimalField(),
            ),
        )
        .annotate(
            has_passed=Case(
                When(outcome_then=DecisionOutcome.INVITED, then=Value(True)),
                When(outcome_then=DecisionOutcome.BELOW, then=Value(False)),
                When(Q(value_then__gte=F("least")) & ~unmet("version", scores), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
        )
        .order_by("-issued_at", "-pk")
    )
    found: Any = reports.values("has_passed")[:1]
    return Subquery(found)
