"""An answer tried against a question's points: what the rubric would say of it. Nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from recruitment.evaluation import rubric
from recruitment.models import Competency, Question


@dataclass(frozen=True, slots=True)
class Tried:
    """One competency: its score, the points that the answer mentions with what was said, and those it does not."""

    competency: Competency
    value: Decimal
    mentioned: list[rubric.PointEvidence] = field(default_factory=list)
    missing: list[rubric.PointEvidence] = field(default_factory=list)


def try_answer(question: Question, text: str) -> list[Tried]:
    """What the rubric finds in `text`, for each competency that a point of the question speaks of. One query."""
    points = list(question.mention_points.select_related("competency"))
    found = (
        rubric.Point(each.pk, each.competency_id, each.label, tuple(each.wordings), each.weight)
        for each in points
    )
    return try_points(found, text, {point.competency_id: point.competency for point in points})


def try_points(points: Iterable[rubric.Point], text: str, competencies: dict[int, Competency]) -> list[Tried]:
    """The same of points that are not saved yet. No query."""
    answer = rubric.AnswerText(0, text, tuple(points))
    return [
        Tried(
            competencies[coverage.competency_id],
            coverage.value,
            [point for point in coverage.evidence if point["quote"] is not None],
            [point for point in coverage.evidence if point["quote"] is None],
        )
        for coverage in rubric.score_stage([answer])
    ]
