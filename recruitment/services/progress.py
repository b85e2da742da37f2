"""How far an interview is: its version's stages, what is saved and scored of the present attempt.

No receiver writes any of it, so a step and its chain read it once. Whoever saves a stage says so (`saved`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import CharField, IntegerField, Value

from core.events.reading import once_in_sets, once_per_chain
from recruitment.models import Checkpoint, Interview, MentionPoint, RubricScore, Stage

_NUMBER, _TITLE = IntegerField(), CharField()


@dataclass(frozen=True, slots=True)
class Plan:
    """`stages` by number, their `titles`; the competencies that each measures; the weight of the points of each (stage,
    competency)."""

    stages: dict[int, int]
    titles: dict[int, str]
    measured: dict[int, frozenset[int]]
    weights: dict[tuple[int, int], int]

    @property
    def competencies(self) -> frozenset[int]:
        """What the whole plan measures."""
        return frozenset().union(*self.measured.values())


@dataclass(frozen=True, slots=True)
class SavedStage:
    """A stage of the present attempt that has its checkpoint, with its scores by competency."""

    stage_id: int
    title: str
    is_scored: bool
    scores: list[RubricScore] = field(default_factory=list)


@once_per_chain
def plan_of(version_id: int) -> Plan:
    """A version's stages, what they measure, and by how much. One query."""
    measured = Stage.objects.filter(version=version_id).values_list(
        "number", "pk", "competencies", Value(0, output_field=_NUMBER), "title"
    )
    asked = MentionPoint.objects.filter(question__stage__version=version_id).values_list(
        Value(0, output_field=_NUMBER),
        "question__stage",
        "competency",
        "weight",
        Value("", output_field=_TITLE),
    )
    stages: dict[int, int] = {}
    titles: dict[int, str] = {}
    planned: dict[int, set[int]] = {}
    weights: dict[tuple[int, int], int] = {}
    for number, stage_id, competency_id, weight, title in measured.order_by().union(
        asked.order_by(), all=True
    ):
        # Only a stage's own list says what is planned; a point has a weight of one at least.
        if weight:
            weights[stage_id, competency_id] = weights.get((stage_id, competency_id), 0) + weight
            continue
        stages[number], titles[stage_id] = stage_id, title
        planned.setdefault(stage_id, set()).update(() if competency_id is None else (competency_id,))
    ordered = dict(sorted(stages.items()))
    return Plan(
        ordered,
        {stage: titles[stage] for stage in ordered.values()},
        {stage: frozenset(of) for stage, of in planned.items()},
        weights,
    )


def saved_stages_of(interview: Interview) -> list[SavedStage]:
    """The saved stages of the present attempt, in their order. One query."""
    return _saved_stages((interview.pk, interview.attempt))


def read_ahead(interviews: Iterable[Interview]) -> None:
    """Within a chain: the saved stages of all of these with one query."""
    _saved_stages.ahead((interview.pk, interview.attempt) for interview in interviews)


@once_in_sets
def _saved_stages(attempts: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[SavedStage]]:
    rows = (
        Checkpoint.objects.filter(
            interview__in=[interview_id for interview_id, _attempt in attempts],
            attempt__in={attempt for _interview_id, attempt in attempts},
        )
        .order_by("stage__number", "scores__competency_id")
        .values_list(
            "interview", "attempt", "pk", "stage", "stage__title", "scored_at",
            "scores__pk", "scores__competency", "scores__value", "scores__low", "scores__high", "scores__override",
            "scores__method", "scores__evidence",
        )
    )  # fmt: skip
    found: dict[tuple[int, int], dict[int, SavedStage]] = {key: {} for key in attempts}
    for (
        interview_id, attempt, pk, stage_id, title, scored_at, score_id, competency_id, value, low, high, override,
        method, evidence
    ) in rows:  # fmt: skip
        if (interview_id, attempt) not in found:
            continue
        stages = found[interview_id, attempt]
        stage = stages.setdefault(pk, SavedStage(stage_id, title, scored_at is not None))
        if score_id is not None:
            score = RubricScore(
                pk=score_id, checkpoint_id=pk, competency_id=competency_id,
                value=value, low=low, high=high, method=method or "", override=override,
                evidence=evidence,
            )  # fmt: skip
            stage.scores.append(score)
    return {key: list(stages.values()) for key, stages in found.items()}


def read(interview: Interview) -> None:
    """Let a locked interview know how many stages are saved of how many, so that its step need not ask."""
    interview.progress = (len(saved_stages_of(interview)), len(plan_of(interview.version_id).stages))


def saved(interview: Interview, before: Collection[SavedStage], stage_id: int) -> None:
    """A stage of a locked interview was saved just now, beside those of before: the rest of this chain knows it."""
    plan = plan_of(interview.version_id)
    place = {known: number for number, known in plan.stages.items()}
    now = [*before, SavedStage(stage_id, plan.titles[stage_id], is_scored=False)]
    now.sort(key=lambda stage: place.get(stage.stage_id, 0))
    _saved_stages.know(now, (interview.pk, interview.attempt))
    interview.progress = (len(now), len(plan.stages))
