"""What reports start from: the plan, what of it is saved and scored, and the evidence from before the interview.

No receiver writes any of it, so a chain reads it once.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Value
from django.db.models.fields import IntegerField

from core.events.reading import once_per_chain
from recruitment.enums import ResumeFactKind
from recruitment.evaluation import fallback
from recruitment.models import Checkpoint, Interview, MentionPoint, ResumeFact, RubricScore, Stage
from recruitment.queries import written_tests_of


@dataclass(frozen=True, slots=True)
class Plan:
    """`competencies` that it measures; `weights` of the points of each (stage, competency)."""

    competencies: frozenset[int]
    weights: dict[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class SavedStage:
    """A stage of the present attempt that has its checkpoint, with its scores by competency."""

    stage_id: int
    title: str
    is_scored: bool
    scores: list[RubricScore] = field(default_factory=list)


@once_per_chain
def plan_of(plan_id: int) -> Plan:
    """What the plan measures, and by how much. One query."""
    measured = Stage.competencies.through.objects.filter(stage__plan=plan_id).values_list(
        "stage", "competency", Value(0, output_field=IntegerField())
    )
    asked = MentionPoint.objects.filter(question__stage__plan=plan_id).values_list(
        "question__stage", "competency", "weight"
    )
    planned: set[int] = set()
    weights: dict[tuple[int, int], int] = {}
    for stage_id, competency_id, weight in measured.order_by().union(asked.order_by(), all=True):
        # Only a stage's own list says what is planned; a point has a weight of one at least.
        if weight:
            weights[stage_id, competency_id] = weights.get((stage_id, competency_id), 0) + weight
        else:
            planned.add(competency_id)
    return Plan(frozenset(planned), weights)


def saved_stages_of(interview: Interview) -> list[SavedStage]:
    """The saved stages of the present attempt, in the plan's order. One query."""
    return _saved_stages(interview.pk, interview.attempt)


@once_per_chain
def _saved_stages(interview_id: int, attempt: int) -> list[SavedStage]:
    rows = (
        Checkpoint.objects.filter(interview=interview_id, attempt=attempt)
        .order_by("stage__number", "scores__competency_id")
        .values_list(
            "pk", "stage", "stage__title", "scored_at",
            "scores__pk", "scores__competency", "scores__value", "scores__override", "scores__evidence",
        )
    )  # fmt: skip
    found: dict[int, SavedStage] = {}
    for pk, stage_id, title, scored_at, score_id, competency_id, value, override, evidence in rows:
        stage = found.setdefault(pk, SavedStage(stage_id, title, scored_at is not None))
        if score_id is not None:
            score = RubricScore(
                pk=score_id, checkpoint_id=pk, competency_id=competency_id,
                value=value, override=override, evidence=evidence,
            )  # fmt: skip
            stage.scores.append(score)
    return list(found.values())


@once_per_chain
def evidence_of(application_id: int) -> list[fallback.Evidence]:
    """The written tests and résumé facts of an application. Two queries."""
    tests = [
        _evidence("written_test", test.skill.name, test.skill.competency_id, test.score, written_test=test.pk)
        for test in written_tests_of(application_id)
    ]
    facts = [
        _evidence(
            "project" if fact.kind == ResumeFactKind.PROJECT else "education",
            fact.title,
            fact.skill.competency_id if fact.skill else None,
            fallback.level_value(fact.level),
            resume_fact=fact.pk,
        )
        for fact in ResumeFact.objects.filter(application=application_id).select_related("skill")
    ]
    return tests + facts


def _evidence(
    source: fallback.Source, label: str, competency_id: int | None, value: Decimal, **reference: int
) -> fallback.Evidence:
    return fallback.Evidence(source, label, competency_id, value, reference=reference)
