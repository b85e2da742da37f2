"""Rubric coverage: which of the points that a full answer mentions are mentioned.

Per competency of a stage: value = 100 × (weight of the points mentioned) ÷ (weight of all its points).

What it is not: a validated measure. It sees whether a wording occurs, not whether what is said is right, meant or
negated ("I never used a pivot table" mentions the pivot table), and it rewards long answers. That is why every score
shows its quotes, why a reviewer may override it, and why it is labelled "rubric coverage, not validated".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NotRequired, TypedDict

from recruitment.evaluation.text import mention, readable

# Every release of it begins so; the number is raised with each change of how it counts.
FAMILY = "rubric-coverage/"
METHOD = f"{FAMILY}1"
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
DRAFT, CORRECTED = "draft", "corrected"


def release(method: str) -> int:
    """Which release of the count a score's method names."""
    return int(method.removeprefix(FAMILY))


@dataclass(frozen=True, slots=True)
class Point:
    """A must-mention point of one question, for one competency. Any of the wordings counts."""

    id: int
    competency_id: int
    label: str
    wordings: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """From which character on a text was said when: `at` is (character, recording, second), in the text's order.

    `said`: the words are a machine's draft, or corrected by a person.
    """

    said: str
    at: tuple[tuple[int, int, float], ...]

    def where(self, character: int) -> "Where":
        """In which recording, and at which second, the piece began that this character is part of."""
        _begin, recording, second = next(
            piece for piece in reversed(self.at) if piece[0] <= character or piece is self.at[0]
        )
        return {"recording": recording, "second": second}


@dataclass(frozen=True, slots=True)
class AnswerText:
    """What was said to one question, and the points that a full answer mentions. `spoken` where it is a transcript."""

    question_id: int
    text: str
    points: tuple[Point, ...]
    spoken: Spoken | None = None
    question: str = ""


class Where(TypedDict, total=False):
    """Where a quote can be heard."""

    recording: int
    second: float


class PointEvidence(Where):
    """One point as evidence; `quote` is a literal piece of the answer, None where the point is missing."""

    point: str
    weight: int
    quote: str | None
    said: NotRequired[str]


@dataclass(frozen=True, slots=True)
class CompetencyCoverage:
    """How much of one competency's rubric a stage's answers cover, in percent, with every point."""

    competency_id: int
    value: Decimal
    hit_weight: int
    total_weight: int
    evidence: list[PointEvidence] = field(default_factory=list)


def rounded(value: Decimal) -> Decimal:
    """A figure with two places."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def score_stage(answers: Iterable[AnswerText]) -> list[CompetencyCoverage]:
    """The coverage of every competency that has a point in these answers, in the order of their ids.

    A competency without a point does not appear: nothing was asked about it, which is not 0. An empty answer to a
    question with points covers none of them, which is 0.
    """
    evidence: dict[int, list[PointEvidence]] = {}
    for answer in answers:
        text = readable(answer.text)
        for point in answer.points:
            found: PointEvidence = {
                "point": point.label, "weight": point.weight, "quote": mention(point.wordings, text),
            }  # fmt: skip
            if answer.spoken is not None:
                found["said"] = answer.spoken.said
                if found["quote"] is not None:
                    found.update(answer.spoken.where(answer.text.index(found["quote"])))
            evidence.setdefault(point.competency_id, []).append(found)
    return [_coverage(competency_id, points) for competency_id, points in sorted(evidence.items())]


def points_in(text: str, points: Mapping[int, Iterable[str]]) -> set[int]:
    """Which points, by number with their wordings, a text mentions."""
    read = readable(text)
    return {number for number, wordings in points.items() if mention(tuple(wordings), read) is not None}


def mentioned(answer: AnswerText) -> int:
    """How many of the points of its question an answer mentions."""
    text = readable(answer.text)
    return sum(mention(point.wordings, text) is not None for point in answer.points)


def _coverage(competency_id: int, points: list[PointEvidence]) -> CompetencyCoverage:
    total = sum(point["weight"] for point in points)
    hit = sum(point["weight"] for point in points if point["quote"] is not None)
    return CompetencyCoverage(competency_id, rounded(HUNDRED * hit / total), hit, total, points)
