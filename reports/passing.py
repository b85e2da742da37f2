"""The pass rate of a set of attempts: passed ÷ effective sample, with whoever is left out named."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.figures import Basis, Rate
from recruitment.enums import AssessmentStatus, DecisionOutcome, ExitCause, InterviewState
from recruitment.models import Assessment, AssessmentScore, Interview, InterviewExit
from recruitment.models.advancing import unmet
from reports.exclusions import Reason, exclusions
from reports.exits import exits_of_interviews
from reports.flows import among

DEFINITION = "pass-rate/1"

# An attempt is the unit of every report: (interview, number of its attempt).
Attempt = tuple[int, int]
Judgement = bool | Reason

_REASON_BY_STATE = {
    InterviewState.SCHEDULED: Reason.NOT_STARTED,
    InterviewState.IN_PROGRESS: Reason.UNDER_WAY,
    InterviewState.INTERRUPTED: Reason.EXIT,
    InterviewState.COMPLETED: Reason.AWAITING_SCORE,
    InterviewState.ABANDONED: Reason.EXIT,
    InterviewState.MISSED: Reason.MISSED,
    InterviewState.CANCELLED: Reason.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Of some interviews: each one's opening, its effective state with its attempt, and every exit."""

    openings: dict[int, int]
    states: dict[int, tuple[str, int]]
    exits: list[InterviewExit]

    @classmethod
    def of(cls, ids: Collection[int]) -> "Standing":
        """As they stand now. Two queries, none of no interviews."""
        if not ids:
            return cls({}, {}, [])
        rows = list(
            Interview.objects.with_live_state()
            .filter(pk__in=among(ids))
            .values_list("pk", "of_opening", "live_state", "attempt")
        )
        return cls(
            {pk: opening for pk, opening, _state, _attempt in rows},
            {pk: (state, attempt) for pk, _opening, state, attempt in rows},
            exits_of_interviews(ids),
        )


def pass_rate(cohort: Collection[Attempt]) -> Rate:
    """The pass rate of these attempts, as things stand now. Three queries. Definition pass-rate/1:

    effective   the attempts of the cohort that have a current full assessment: the denominator
    passed      of those, the ones that were invited on it, by the rule or by a person, or that meet the rule of that
                time, what it asks of competencies included (the present one where no decision was made yet)
    exits       of the rest, those that were ever interrupted and are not back: neither under way nor completed.
                Broken off by our server alone: named apart
    the others  not started, under way, awaiting the score, missed, cancelled, or given a new attempt

    Every attempt is in exactly one of these: effective + everybody left out = the cohort.
    """
    return rate_of(Counter(judged(cohort).values()))


def judged(cohort: Collection[Attempt], known: Standing | None = None) -> dict[Attempt, Judgement]:
    """Of each attempt whether it has passed, or why it is left out. Three queries, one where it is known
    how they stand."""
    if not cohort:
        return {}
    ids = {interview_id for interview_id, _number in cohort}
    known = Standing.of(ids) if known is None else known
    passed_by_attempt, left, standing = _assessed(ids), _left(known.exits), known.states
    return {
        attempt: passed_by_attempt[attempt]
        if attempt in passed_by_attempt
        else _reason(attempt, standing.get(attempt[0]), left)
        for attempt in set(cohort)
    }


def rate_of(counts: Mapping[Judgement, int]) -> Rate:
    """The rate of so many who passed (True), did not (False), or are left out."""
    passed, failed = counts.get(True, 0), counts.get(False, 0)
    left_out = {reason: count for reason, count in counts.items() if not isinstance(reason, bool)}
    exits = left_out.get(Reason.EXIT, 0) + left_out.get(Reason.OUR_OUTAGE, 0)
    return Rate(passed, passed + failed, DEFINITION, exclusions(left_out), exits)


def _assessed(interview_ids: Iterable[int]) -> dict[Attempt, bool]:
    """The attempts with a current full assessment, and whether they passed."""
    scores = AssessmentScore.objects.order_by()
    now = "interview__application__opening__advance_rule"
    rows = (
        Assessment.objects.filter(
            interview__in=among(interview_ids), basis=Basis.FULL, status=AssessmentStatus.CURRENT
        )
        .annotate(misses_then=unmet("decision__rule", scores), misses_now=unmet(f"{now}__version", scores))
        .values_list(
            "interview", "attempt", "value", "decision__outcome", "decision__threshold", "misses_then",
            f"{now}__threshold", "misses_now",
        )
    )  # fmt: skip
    found: dict[Attempt, bool] = {}
    for interview_id, attempt, value, outcome, then, misses_then, present, misses_now in rows:
        threshold, misses = (present, misses_now) if outcome is None else (then, misses_then)
        found[interview_id, attempt] = _has_passed(value, outcome, threshold, misses=misses)
    return found


def _has_passed(
    value: Decimal | None, outcome: str | None, threshold: Decimal | None, *, misses: bool
) -> bool:
    if outcome in (DecisionOutcome.INVITED, DecisionOutcome.BELOW):
        return outcome == DecisionOutcome.INVITED
    return value is not None and threshold is not None and value >= threshold and not misses


def _left(exits: Iterable[InterviewExit]) -> dict[Attempt, bool]:
    """The attempts that were ever interrupted, and whether every time it was our doing."""
    ours: dict[Attempt, bool] = {}
    for row in exits:
        key = (row.interview_id, row.attempt)
        ours[key] = ours.get(key, True) and row.effective_cause == ExitCause.OUR_OUTAGE
    return ours


def _reason(attempt: Attempt, standing: tuple[str, int] | None, left: dict[Attempt, bool]) -> Reason:
    state, present = standing or (InterviewState.CANCELLED, attempt[1])
    was_followed = attempt[1] < present
    is_back = not was_followed and state in (InterviewState.IN_PROGRESS, InterviewState.COMPLETED)
    if attempt in left and not is_back:
        return Reason.OUR_OUTAGE if left[attempt] else Reason.EXIT
    return Reason.RESCHEDULED if was_followed else _REASON_BY_STATE[InterviewState(state)]
