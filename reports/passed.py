"""Whether an application passed: its newest full report, by the decision on it, else by the rule that then stood."""

from typing import Any

from django.db.models import BigIntegerField, BooleanField, Case, DecimalField, F, Q, QuerySet, Value, When
from django.db.models.sql.constants import LOUTER
from django_cte import CTE, with_cte

from core.figures import Basis
from recruitment.enums import AssessmentStatus, DecisionOutcome
from recruitment.models import AdvanceRule, Assessment, AssessmentScore, Decision
from recruitment.models.advancing import unmet
from reports.once import Once
from reports.past import Past

RULE, RULE_THEN = "opening__advance_rule__", ("rule_then", "least_then")


def rule_then(past: Past) -> dict[str, Any]:
    """Of an application, what its opening's rule is or was: `rule_then`, its version, and `least_then`."""
    columns = (past.value(AdvanceRule, column, RULE) for column in ("version_id", "threshold"))
    return dict(zip(RULE_THEN, columns, strict=True))


def with_passed(past: Past, once: Once, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """The applications (with `rule_then`), each with `passed`: True or False by its newest full report that stands, or
    stood then; none without one.

    Invited on it, by the rule or by a person, or, where nothing was decided, meeting the opening's rule as it stands or
    stood then, what it asks of competencies included. As `passing.pass_rate` says it of an attempt.
    """
    judged = CTE(_judged(past, once), name="judged")
    rows = judged.join(rows, id=judged.col.row, _join_type=LOUTER)
    return with_cte(judged, select=rows).annotate(passed=judged.col.has_passed)


def _judged(past: Past, once: Once) -> "QuerySet[Any]":
    scores = AssessmentScore.objects.order_by()
    decided = Q(decision__isnull=False) & past.by("decision__at")
    return (
        once.table.join(Assessment, interview__application=once.table.col.id)
        .annotate(status_then=past.value(Assessment, "status"))
        .filter(
            once.between("interview__application"),
            past.by("issued_at"),
            basis=Basis.FULL,
            status_then=AssessmentStatus.CURRENT,
        )
        .annotate(
            value_then=past.value(Assessment, "value"),
            outcome_then=Case(When(decided, then=past.value(Decision, "outcome", "decision__"))),
            version=Case(
                When(decided, then=F("decision__rule")),
                default=once.table.col.rule_then,
                output_field=BigIntegerField(),
            ),
            least=Case(
                When(decided, then=F("decision__threshold")),
                default=once.table.col.least_then,
                output_field=DecimalField(),
            ),
        )
        .order_by("interview__application_id", "-issued_at", "-pk")
        .distinct("interview__application_id")
        .values(
            row=F("interview__application_id"),
            has_passed=Case(
                When(outcome_then=DecisionOutcome.INVITED, then=Value(True)),
                When(outcome_then=DecisionOutcome.BELOW, then=Value(False)),
                When(Q(value_then__gte=F("least")) & ~unmet("version", scores), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            ),
        )
    )
