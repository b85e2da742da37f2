"""From the scores of the saved stages to one report, full or partial, with intervals that say what is missing.

Per competency: value = the mean of its known stage scores, weighted by the stages' rubric weights.
Overall: value = the plain mean of the competencies that have one.

Interval of a competency: what is known keeps its share of the weight, the unknown share may be anything from 0 to
100 (bounds that assume nothing about why it is missing):

    low  = known share × value                     − RUBRIC_HALF_WIDTH
    high = known share × value + (1 − share) × 100 + RUBRIC_HALF_WIDTH,   both kept within 0 and 100

A planned competency without any score has no value, and lies between 0 and 100 in the overall interval, which is the
mean of the competencies' lows and highs. So the interval grows with the share of the plan that is missing, and a full
report keeps the rubric's own uncertainty. RUBRIC_HALF_WIDTH is set by judgement, not measured: rubric coverage is not
validated.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from recruitment.evaluation.rubric import HUNDRED, METHOD, rounded

RUBRIC_HALF_WIDTH = Decimal(8)
# A machine's draft of what was said misses or mishears words: about one in ten characters of human Mandarin.
DRAFT_HALF_WIDTH = Decimal(15)
ZERO = Decimal(0)

__all__ = [
    "DRAFT_HALF_WIDTH",
    "METHOD",
    "RUBRIC_HALF_WIDTH",
    "Combined",
    "CompetencyScore",
    "Interval",
    "StageScore",
    "combine",
    "interval",
]

# competency, score (None where a person still has to score, or the stage is not saved), rubric weight in that stage
StageScore = tuple[int, Decimal | None, int]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value between its bounds, two places each, 0 ≤ low ≤ value ≤ high ≤ 100."""

    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class CompetencyScore:
    """One planned competency; `score` is None where nothing is known about it."""

    competency_id: int
    score: Interval | None


@dataclass(frozen=True, slots=True)
class Combined:
    """A report on the stage scores. `basis` and `overall` are None when there is no score at all.

    `full` only when every planned competency has a score and no stage score is owed; then `known_share` is 1.
    """

    basis: Literal["full", "partial"] | None
    overall: Interval | None
    competencies: list[CompetencyScore]
    known_share: Decimal


def interval(value: Decimal, half_width: Decimal) -> Interval:
    """`value` ± `half_width`, within 0 and 100."""
    return Interval(
        rounded(value), rounded(max(value - half_width, ZERO)), rounded(min(value + half_width, HUNDRED))
    )


def combine(
    stage_scores: Iterable[StageScore],
    planned: AbstractSet[int],
    half_widths: Mapping[int, Decimal] = MappingProxyType({}),
) -> Combined:
    """Combine stage scores over the planned competencies (and those scored beyond the plan), ordered by id.

    The order of `stage_scores` does not matter. A stage that is planned but not saved may be given with the score
    None: it then widens its competency's interval. A weight below 1 counts as 1: a person may score a competency
    for which the stage has no point. `half_widths`: of the competencies whose scores may be further off than
    RUBRIC_HALF_WIDTH.
    """
    scores: dict[int, list[tuple[Decimal | None, int]]] = {competency_id: [] for competency_id in planned}
    for competency_id, value, weight in stage_scores:
        scores.setdefault(competency_id, []).append((value, max(weight, 1)))
    if not scores:
        return Combined(None, None, [], ZERO)
    shares: list[Decimal] = []
    competencies: list[CompetencyScore] = []
    for competency_id, known_or_not in sorted(scores.items()):
        half_width = max(half_widths.get(competency_id, ZERO), RUBRIC_HALF_WIDTH)
        found, share = _competency(known_or_not, half_width)
        shares.append(share)
        competencies.append(CompetencyScore(competency_id, found))
    known_share = sum(shares, ZERO) / len(shares)
    known = [competency.score for competency in competencies if competency.score is not None]
    if not known:
        return Combined(None, None, competencies, ZERO)
    missing = len(competencies) - len(known)
    overall = Interval(
        value=rounded(sum((score.value for score in known), ZERO) / len(known)),
        low=rounded(sum((score.low for score in known), ZERO) / len(competencies)),
        high=rounded((sum((score.high for score in known), ZERO) + HUNDRED * missing) / len(competencies)),
    )
    return Combined("full" if known_share == 1 else "partial", overall, competencies, known_share)


def _competency(
    scores: list[tuple[Decimal | None, int]], half_width: Decimal
) -> tuple[Interval | None, Decimal]:
    known = sum(weight for value, weight in scores if value is not None)
    if not known:
        return None, ZERO
    share = Decimal(known) / sum(weight for _value, weight in scores)
    value = sum((value * weight for value, weight in scores if value is not None), ZERO) / known
    low = max(share * value - half_width, ZERO)
    high = min(share * value + (1 - share) * HUNDRED + half_width, HUNDRED)
    return Interval(rounded(value), rounded(low), rounded(high)), share
