"""The pass rate: who is counted, who is left out, and why."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.figures import Exclusion, Rate
from recruitment.models import AdvanceRule, AssessmentScore, Decision, Interview, RuleVersion
from reports.exclusions import Reason
from reports.passing import DEFINITION, pass_rate
from tests.factories import recruitment
from tests.reports import rows

pytestmark = pytest.mark.django_db


def cohort(*interviews: Interview) -> set[tuple[int, int]]:
    """The present attempts of these interviews."""
    return {(row.pk, row.attempt) for row in interviews}


def test_a_hundred_planned_ten_left() -> None:
    """The denominator is who was assessed in full; the ten are named beside it."""
    opening = recruitment.opening()
    left = rows.interviews(opening, 10, "abandoned")
    done = rows.interviews(opening, 90, "completed")
    for number, row in enumerate(done):
        passes = number < 63
        rows.full(row, 85 if passes else 60, outcome="invited" if passes else "below")
    rate = pass_rate(cohort(*left, *done))
    assert rate == Rate(63, 90, DEFINITION, (Exclusion(Reason.EXIT, 10),), 10)
    assert (rate.value, rate.low, rate.high) == (0.7, 0.63, 0.73)


def test_everybody_who_is_left_out_is_named_once() -> None:
    """Effective sample and exclusions together are the cohort, whatever became of each."""
    opening = recruitment.opening()
    one = {
        state: rows.interviews(opening, 1, state)[0]
        for state in ("scheduled", "missed", "cancelled", "abandoned")
    }
    running, interrupted, scored, awaiting = (
        rows.interviews(opening, 1, state)[0]
        for state in ("in_progress", "interrupted", "completed", "completed")
    )
    rows.full(scored, 90, outcome="invited")
    ours = rows.interviews(opening, 1, "interrupted")[0]
    ours.exits.update(cause="our_outage")
    corrected = rows.interviews(opening, 1, "interrupted")[0]
    corrected.exits.update(cause="our_outage", corrected_cause="device")
    back = rows.interviews(opening, 1, "in_progress")[0]
    recruitment.exit_(back, returned_at=timezone.now())
    again = rows.interviews(opening, 1, "scheduled", attempt=2)[0]
    left_before = rows.interviews(opening, 1, "scheduled", attempt=2)[0]
    recruitment.exit_(Interview(pk=left_before.pk, attempt=1), returned_at=None)
    everybody = cohort(*one.values(), running, interrupted, scored, awaiting, ours, corrected, back)
    everybody |= {(again.pk, 1), (left_before.pk, 1)}
    rate = pass_rate(everybody)
    assert (
        {row.reason: row.count for row in rate.excluded}
        == {
            Reason.EXIT: 4,  # abandoned, interrupted, HR's correction, the attempt that was left before the new one
            Reason.OUR_OUTAGE: 1,
            Reason.NOT_STARTED: 1,
            Reason.UNDER_WAY: 2,
            Reason.AWAITING_SCORE: 1,
            Reason.MISSED: 1,
            Reason.CANCELLED: 1,
            Reason.RESCHEDULED: 1,
        }
    )
    assert rate.denominator + sum(row.count for row in rate.excluded) == len(everybody)
    assert (rate.numerator, rate.denominator, rate.exits) == (1, 1, 5)


@pytest.mark.parametrize(
    ("value", "outcome", "threshold", "passed"),
    [
        (85, "invited", 80, 1),
        (79, "below", 80, 0),
        (85, "below", 80, 0),  # a competency was below what the rule asks of it
        (70, "invited", 80, 1),  # a person invited below the threshold
        (85, "overtaken", 80, 1),  # invited on the fallback before; the full score would have done it
        (75, "overtaken", 80, 0),
        (85, "below", 90, 0),  # the threshold of that time, not today's 80
        (85, "asked", None, 0),  # no rule: a person has not decided
        (85, None, None, 1),  # the rule has not run yet: today's threshold
        (79, None, None, 0),
    ],
)
def test_what_counts_as_passed(value: int, outcome: str | None, threshold: int | None, passed: int) -> None:
    """An invitation on the full report, or its value at the threshold of that time."""
    row = rows.interviews(recruitment.opening(threshold=80), 1, "completed")[0]
    rows.full(row, value, outcome=outcome, threshold=threshold)
    rate = pass_rate(cohort(row))
    assert (rate.numerator, rate.denominator, rate.value) == (passed, 1, None)


@pytest.mark.parametrize(
    ("score", "outcome", "passed"),
    [(70, None, 1), (69, None, 0), (None, None, 0), (69, "overtaken", 0), (69, "declined", 0), (69, "invited", 1),
     (70, "declined", 1)],
)  # fmt: skip
def test_what_a_rule_asks_of_a_competency_counts(score: int | None, outcome: str | None, passed: int) -> None:
    """By the present version where the rule has not run yet, by that of its day afterwards."""
    opening, key = recruitment.opening(threshold=80), recruitment.competency().pk
    with transaction.atomic():
        rule = AdvanceRule.objects.get(opening=opening)
        rule.version = RuleVersion.objects.following(
            opening.pk, threshold=rule.threshold, least={key: Decimal(70)}
        )
        rule.save()
    row = rows.interviews(opening, 1, "completed")[0]
    report = rows.full(row, 90, outcome=outcome, threshold=80)
    AssessmentScore.objects.create(assessment=report, competency_id=key, value=score, low=score, high=score)
    if outcome is not None:
        Decision.objects.filter(assessment=report).update(rule=rule.version)
        AdvanceRule.objects.get(opening=opening).delete()
    rate = pass_rate(cohort(row))
    assert (rate.numerator, rate.denominator) == (passed, 1)


def test_estimates_and_withdrawn_reports_are_no_result() -> None:
    """Only a current full assessment makes an attempt part of the sample."""
    row = rows.interviews(recruitment.opening(), 1, "interrupted")[0]
    report = rows.full(row, 90)
    kinds = [("partial", "current"), ("fallback", "current"), ("full", "withdrawn"), ("full", "superseded")]
    for basis, status in kinds:
        report.basis, report.status = basis, status
        report.save()
        assert pass_rate(cohort(row)) == Rate(0, 0, DEFINITION, (Exclusion(Reason.EXIT, 1),), 1)


def test_a_full_report_of_an_earlier_attempt_counts_for_that_one() -> None:
    """The unit is the attempt."""
    row = rows.interviews(recruitment.opening(), 1, "scheduled", attempt=2)[0]
    report = rows.full(row, 90, outcome="invited")
    report.attempt = 1
    report.save()
    assert pass_rate({(row.pk, 1), (row.pk, 2)}) == Rate(
        1, 1, DEFINITION, (Exclusion(Reason.NOT_STARTED, 1),)
    )


def test_three_queries_for_any_number() -> None:
    """One row or three."""
    opening = recruitment.opening()
    for number in (1, 3):
        found = cohort(*rows.interviews(opening, number, "interrupted"))
        with CaptureQueriesContext(connection) as queries:
            pass_rate(found)
        assert len(queries) == 3
