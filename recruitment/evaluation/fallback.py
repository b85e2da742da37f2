"""The fallback assessment (综合评估得分): what the evidence beside an unfinished interview lets us expect.

It estimates; it is no evidence itself, and never advances, rejects or ranks anybody. Nothing here is fitted or
validated: weights and widths are set by judgement, the same for everybody, and written down here.

Weight of a piece of evidence, about the competency it was seen through:

    saved interview stage 1.0 · written test 0.6 · project, internship 0.4 · education 0.2

Evidence without a competency, or of one that the plan does not measure, speaks for every competency at a third of
its weight. A résumé level 1…5 reads 20…100.

Value of a competency: the weighted mean of what speaks for it; without evidence of its own it is unknown, whatever
the rest lets expect of it. Overall: the plain mean of the planned competencies (of all evidence when nothing is
planned), where one that is unknown counts as the weighted mean of all evidence.

Half-width:  (NARROWEST + SPREAD ÷ (1 + weight)) × (1 + indirect ÷ 2)
    weight    what speaks for the competency; overall, all of it, each piece once
    indirect  0 for a competency; overall, the share of planned competencies without evidence of their own
So ±10 is never undercut, more evidence never widens, and more missing never narrows. An interval that would pass 0
or 100 is lengthened at its other end instead: a value near the edge is no surer than another.
"""

import json
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from core.language import labelled
from recruitment.evaluation.combine import Interval
from recruitment.evaluation.rubric import HUNDRED, rounded

METHOD = "fallback/2"
Source = Literal["stage", "written_test", "project", "internship", "education"]
BASE_WEIGHTS: dict[str, Decimal] = {
    "stage": Decimal("1.0"),
    "written_test": Decimal("0.6"),
    "project": Decimal("0.4"),
    "internship": Decimal("0.4"),
    "education": Decimal("0.2"),
}
GENERAL_SHARE = 3
NARROWEST = Decimal(10)
SPREAD = Decimal(30)
HIGHEST_LEVEL = 5
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence. `reference` says which row it is, in any JSON form; `weight` None is the base weight."""

    source: Source
    label: str
    competency_id: int | None
    value: Decimal
    weight: Decimal | None = None
    reference: Any = None
    label_en: str = ""

    def __post_init__(self) -> None:
        """Refuse a value outside 0 to 100 and a weight that is not positive: a mistake of the caller."""
        if not ZERO <= self.value <= HUNDRED or self.base_weight <= 0:
            raise ValueError(f"not evidence: value {self.value}, weight {self.base_weight}")

    @property
    def base_weight(self) -> Decimal:
        """The weight about its own competency."""
        return BASE_WEIGHTS[self.source] if self.weight is None else self.weight

    def as_source(self) -> dict[str, Any]:
        """The piece as a report lists it; figures are texts, so that JSON keeps them exactly."""
        return {
            "source": self.source,
            **labelled(self.label, self.label_en),
            "competency": self.competency_id,
            "value": str(rounded(self.value)),
            "weight": str(rounded(self.base_weight)),
            "reference": self.reference,
        }


@dataclass(frozen=True, slots=True)
class CompetencyEstimate:
    """One planned competency's estimate; None, and no evidence, where nothing speaks of this very competency."""

    competency_id: int
    score: Interval | None
    evidence: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The fallback: overall and per planned competency, with everything it stands on."""

    overall: Interval
    competencies: list[CompetencyEstimate]
    sources: list[dict[str, Any]]


def level_value(level: int) -> Decimal:
    """A résumé level 1…5 as 20…100. Raises ValueError for another level."""
    if not 1 <= level <= HIGHEST_LEVEL:
        raise ValueError(f"not a level: {level}")
    return HUNDRED * level / HIGHEST_LEVEL


def half_width(weight: Decimal, indirect: Decimal) -> Decimal:
    """How far an estimate may be off to either side, by the formula above."""
    return (NARROWEST + SPREAD / (1 + weight)) * (1 + indirect / 2)


def estimate(evidence: Iterable[Evidence], planned: AbstractSet[int]) -> Estimate | None:
    """The fallback from all evidence there is, in whatever order; None when there is none at all."""
    pieces = sorted(evidence, key=_order)
    if not pieces:
        return None
    general = [piece for piece in pieces if piece.competency_id not in planned]
    # Everything counts once: what has no competency at its third.
    counted = [(piece, _weight(piece, planned)) for piece in pieces]
    competencies = [_competency(competency_id, pieces, general) for competency_id in sorted(planned)]
    unknown = sum(competency.score is None for competency in competencies)
    share = Decimal(unknown) / len(competencies) if competencies else Decimal(1)
    known = [competency.score.value for competency in competencies if competency.score is not None]
    value = (
        (sum(known, ZERO) + unknown * _mean(counted)) / len(competencies) if competencies else _mean(counted)
    )
    overall = _interval(value, half_width(sum((weight for _piece, weight in counted), ZERO), share))
    return Estimate(overall, competencies, [piece.as_source() for piece in pieces])


def _competency(competency_id: int, pieces: list[Evidence], general: list[Evidence]) -> CompetencyEstimate:
    direct = [piece for piece in pieces if piece.competency_id == competency_id]
    if not direct:
        return CompetencyEstimate(competency_id, None, [])
    speaking = [(piece, piece.base_weight) for piece in direct]
    speaking += [(piece, piece.base_weight / GENERAL_SHARE) for piece in general]
    width = half_width(sum((weight for _piece, weight in speaking), ZERO), ZERO)
    listed = [piece.as_source() for piece in (*direct, *general)]
    return CompetencyEstimate(competency_id, _interval(_mean(speaking), width), listed)


def _weight(piece: Evidence, planned: AbstractSet[int]) -> Decimal:
    return piece.base_weight if piece.competency_id in planned else piece.base_weight / GENERAL_SHARE


def _mean(weighted: list[tuple[Evidence, Decimal]]) -> Decimal:
    total = sum((weight for _piece, weight in weighted), ZERO)
    return sum((piece.value * weight for piece, weight in weighted), ZERO) / total


def _interval(value: Decimal, half: Decimal) -> Interval:
    """`value` ± `half`, moved inside 0 to 100 without becoming shorter (unless it is longer than the scale)."""
    value = min(max(value, ZERO), HUNDRED)
    low = max(min(value - half, HUNDRED - 2 * half), ZERO)
    high = min(max(value + half, 2 * half), HUNDRED)
    return Interval(rounded(value), rounded(low), rounded(high))


def _order(piece: Evidence) -> tuple[int, str, int, Decimal, Decimal, str]:
    return (
        list(BASE_WEIGHTS).index(piece.source),
        piece.label,
        -1 if piece.competency_id is None else piece.competency_id,
        piece.value,
        piece.base_weight,
        json.dumps(piece.reference, sort_keys=True, default=str),
    )
