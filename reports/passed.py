"""Whether an application passed: its newest full report, by the decision on it, else by the rule that then stood."""

from collections.abc import Callable
from typing import Any

from django.db.models import BigIntegerField, BooleanField, Case, DecimalField, F, Q, QuerySet, Value, When
from django_cte import CTE

from core.figures import Basis
from recruitment.enums import AssessmentStatus, DecisionOutcome
from recruitment.models import AdvanceRule, Assessment, AssessmentScore, Decision
from recruitment.models.advancing import unmet
from reports.past import Past

RULE = "opening__advance_rule__"


def rule_then(past: Past) -> dict[str, Any]:
    """Of an application, what its opening's rule is or was: `rule_then`, its version, and `least_then`."""
    return {
        "rule_then": past.value(AdvanceRule, "version_id", RULE),
        "least_then": past.value(AdvanceRule, "threshold", RULE),
    }


def passed_of(once: CTE, between: Callable[[str], Q], past: Past) -> "QuerySet[Any]":
    """Of each of these applications (with `rule_then`) that has a full report that stands, or stood then, as `row`:
    `passed`, True or False by its newest one.

    Invited on it, by the rule or by a person, or, where nothing was decided, meeting the opening's rule as it stands or
    stood then, what it asks of competencies included. As `passing.pass_rate` says it of an attempt.
    """
    scores = AssessmentScore.objects.order_by()
    decided = Q(decision__isnull=False) & past.by("decision__at")
    return (
        once.join(Assessment, interview__application=once.col.id)
        .annotate(status_then=past.value(Assessment, "status"))
        .filter(
            between("interview__application"),
            past.by("issued_at"),
            basis=Basis.FULL,
            status_then=AssessmentStatus.CURRENT,
        )
        .annotate(
            value_then=past.value(Assessment, "value"),
            outcome_then=Case(When(decided, then=past.value(Decision, "outcome", "decision__"))),
            version=Case(
                When(decided, then=F("decision__rule")),
                default=once.col.rule_then,
                output_field=BigIntegerField(),
            ),
            least=Case(
                When(decided, then=F("decision__threshold")),
                default=once.col.least_then,
                output_field=DecimalField(),
            ),
        )
        .order_by("interview__application_id", "-issued_at", "-pk")
        .distinct("interview__application_id")
        .values(
            row=F("interview__application_id"),
            passed=Case(
                When(outcome_then=DecisionOutcome.INVITED, then=Value(True)),
                When(outcome_then=DecisionOutcome.BELOW, then=Value(False)),
                When(Q(value_then__gte=F("least")) & ~unmet("version", scores), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            ),
        )
    )
