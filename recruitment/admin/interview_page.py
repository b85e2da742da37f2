"""What the interview page shows, read in a constant number of queries."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recruitment.admin import looks, timeline
from recruitment.enums import AssessmentStatus, DecisionOutcome, ExitCause, InterviewState
from recruitment.evaluation import fallback, rubric
from recruitment.models import (
    Answer,
    Assessment,
    AssessmentScore,
    Checkpoint,
    Decision,
    Interview,
    Lease,
    Question,
    RubricScore,
    Stage,
)
from recruitment.models.interviews import live_state_of

WAYS = {
    rubric.METHOD: _("rubric coverage, not validated"),
    fallback.METHOD: _("from tests, résumé and saved stages"),
}


@dataclass(slots=True)
class StagePart:
    """A stage of the plan: its checkpoint, answers and scores in one attempt."""

    stage: Stage
    checkpoint: Checkpoint | None = None
    answers: list[tuple[Question, Answer | None]] = field(default_factory=list)
    scores: list[RubricScore] = field(default_factory=list)


def attempt_of(interview: Interview, asked: str | None) -> int:
    """The attempt to show: the asked one when there is such a one, else the present."""
    number = int(asked) if asked and re.fullmatch(r"[0-9]{1,4}", asked) else interview.attempt
    return number if 1 <= number <= interview.attempt else interview.attempt


def context(interview: Interview, *, attempt: int) -> dict[str, Any]:
    """Everything on the page except the panels from other floors."""
    state = live_state_of(interview)
    follow_ups = interview.follow_ups.with_overdue().select_related("assignee", "exit", "closed_by")
    assessments = _assessments(interview)
    return {
        "interview": interview,
        "state": state,
        "state_label": InterviewState(state).label,
        "state_look": looks.INTERVIEW[state],
        "is_over": state in (InterviewState.COMPLETED, InterviewState.CANCELLED),
        "lease": _connection(interview, state),
        "attempt": attempt,
        "attempts": range(1, interview.attempt + 1),
        "stages": _stages(interview, attempt),
        "current": [one for one in assessments if one.status == AssessmentStatus.CURRENT],
        "past": [one for one in assessments if one.status != AssessmentStatus.CURRENT],
        "exits": list(interview.exits.select_related("corrected_by")),
        "causes": ExitCause.choices,
        "follow_ups": list(follow_ups.prefetch_related("contact_attempts__by").order_by("-id")),
        "links": list(interview.links.all()),
        "consents": list(interview.consents.filter(attempt=attempt)),
        "moments": timeline.of(interview),
        "now": timezone.now(),
    }


def _connection(interview: Interview, state: str) -> dict[str, Any]:
    lease: Lease | None = getattr(interview, "lease", None)
    return {
        "is_live": state == InterviewState.IN_PROGRESS and lease is not None and lease.live,
        "visible": lease is None or lease.visible,
        "last_seen_at": lease.last_seen_at if lease else None,
        "epoch": lease.epoch if lease else 0,
    }


def _stages(interview: Interview, attempt: int) -> list[StagePart]:
    questions = Prefetch("questions", queryset=Question.objects.order_by("number"))
    parts = {
        stage.pk: StagePart(stage)
        for stage in interview.plan.stages.order_by("number").prefetch_related("competencies", questions)
    }
    scores = Prefetch("scores", queryset=RubricScore.objects.select_related("competency", "overridden_by"))
    for checkpoint in interview.checkpoints.filter(attempt=attempt).prefetch_related(scores):
        if checkpoint.stage_id in parts:
            parts[checkpoint.stage_id].checkpoint = checkpoint
            parts[checkpoint.stage_id].scores = list(checkpoint.scores.all())
    answers = {answer.question_id: answer for answer in interview.answers.filter(attempt=attempt)}
    for part in parts.values():
        part.answers = [(question, answers.get(question.pk)) for question in part.stage.questions.all()]
    return list(parts.values())


def _assessments(interview: Interview) -> list[Any]:
    competencies = Prefetch("competencies", queryset=AssessmentScore.objects.select_related("competency"))
    rows = list(interview.assessments.prefetch_related(competencies).order_by("-id"))
    decisions = {
        decision.assessment_id: decision
        for decision in Decision.objects.filter(assessment__in=rows).select_related("decided_by")
    }
    return [described(row, decisions.get(row.pk)) for row in rows]


def _once(pieces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pieces of evidence that read the same, once: a stage speaks of several competencies."""
    read = {(piece["label"], str(piece.get("value")), bool(piece.get("reviewed"))): piece for piece in pieces}
    return list(read.values())


def described(assessment: Any, decision: Decision | None) -> Any:
    """The report with its bars, sources in words, and what was decided on it."""
    assessment.bar = looks.score_bar(assessment.value, assessment.low, assessment.high, assessment.basis)
    assessment.is_estimate = assessment.basis != "full"
    assessment.look = looks.BASIS[assessment.basis]
    assessment.way = WAYS.get(assessment.method, assessment.method)
    assessment.listed = _once(assessment.sources)
    assessment.status_look = looks.ASSESSMENT[assessment.status]
    assessment.said = decision
    assessment.awaits = (
        decision is not None
        and decision.outcome in DecisionOutcome.undecided
        and assessment.status == AssessmentStatus.CURRENT
    )
    assessment.rows = [
        {
            "name": row.competency,
            "bar": looks.score_bar(row.value, row.low, row.high, assessment.basis),
            "evidence": _once(row.evidence),
        }
        for row in assessment.competencies.all()
    ]
    return assessment


def whole(assessment_id: int) -> Any:
    """One report with its competencies, for the pages that decide on it."""
    competencies = Prefetch("competencies", queryset=AssessmentScore.objects.select_related("competency"))
    row = Assessment.objects.prefetch_related(competencies).get(pk=assessment_id)
    return described(row, None)
