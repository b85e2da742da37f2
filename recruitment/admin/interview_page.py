"""What the interview page shows, read in a constant number of queries."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch
from django.db.models.functions import JSONObject
from django.utils import timezone

from recruitment import colours, queries
from recruitment.admin import timeline
from recruitment.enums import AssessmentStatus, ExitCause, InterviewKind, InterviewState
from recruitment.evaluation import ways
from recruitment.evaluation.admin import judging, reports
from recruitment.models import (
    Answer,
    Checkpoint,
    Consent,
    ContactAttempt,
    EarlierScore,
    Interview,
    Judgement,
    Lease,
    Question,
    RubricScore,
    Scoring,
    Stage,
)
from recruitment.models.interviews import live_state_of


@dataclass(slots=True)
class StagePart:
    """A stage of the version: its checkpoint, answers, scores, and what a model was asked, in one attempt."""

    stage: Stage
    checkpoint: Checkpoint | None = None
    answers: list[tuple[Question, Answer | None]] = field(default_factory=list)
    scores: list[RubricScore] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ways(self) -> list[str]:
        """How the values came about, each way once."""
        used = {score.method: None for score in self.scores if score.value is not None}
        return [str(ways.way_of(method)) for method in used]


def context(interview: Interview, *, attempt: int) -> dict[str, Any]:
    """Everything on the page except the panels from other floors."""
    state = live_state_of(interview)
    tries = Prefetch("contact_attempts", queryset=ContactAttempt.objects.select_related("by"))
    follow_ups = interview.follow_ups.with_overdue().select_related("assignee", "exit", "closed_by")
    assessments = reports.of(interview)
    called = list(follow_ups.prefetch_related(tries).order_by("-id"))
    decisions = [one.said for one in assessments if one.said]
    interview.rows_read = [*assessments, *decisions, *called]
    # A round that people hold has cards and an outcome, no stages of the plan, page or room.
    is_by_people = interview.kind == InterviewKind.PEOPLE
    return {
        "interview": interview,
        "is_by_people": is_by_people,
        "state": state,
        "state_label": InterviewState(state).label,
        "state_look": colours.INTERVIEW[state],
        "is_over": state in (InterviewState.COMPLETED, InterviewState.CANCELLED),
        "lease": _connection(interview, state),
        "attempt": attempt,
        "attempts": range(1, interview.attempt + 1),
        "stages": [] if is_by_people else _stages(interview, attempt),
        "current": [one for one in assessments if one.status == AssessmentStatus.CURRENT],
        "past": [one for one in assessments if one.status != AssessmentStatus.CURRENT],
        "exits": list(interview.exits.all()),
        "causes": ExitCause.choices,
        "follow_ups": called,
        "links": list(interview.links.all()),
        "consents": _last_words(interview, attempt),
        "moments": timeline.of(interview),
        "now": timezone.now(),
    }


def _last_words(interview: Interview, attempt: int) -> list[Consent]:
    """What holds now, one for each kind: who took a consent back has said two things of it."""
    said = {consent.kind: consent for consent in interview.consents.all() if consent.attempt == attempt}
    return list(said.values())


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
        for stage in interview.version.stages.order_by("number").prefetch_related("competencies", questions)
    }
    before = EarlierScore.objects.filter(score=OuterRef("pk")).order_by("-pk")
    was = before.values(json=JSONObject(value="value", method="method", at="replaced_at"))
    judged = RubricScore.objects.select_related("competency", "overridden_by")
    said = Judgement.objects.filter(score=OuterRef("pk")).order_by("pk")
    at_desk = said.values(
        json=JSONObject(
            who="reviewer__name", level="level", is_second="is_second", at="at", taken_back_at="taken_back_at"
        )
    )
    both = judged.annotate(was=ArraySubquery(was), at_desk=ArraySubquery(at_desk))
    scores = Prefetch("scores", queryset=both)
    scorings = Scoring.objects.filter(checkpoint=OuterRef("pk")).order_by("-pk")
    asked = scorings.values(
        json=JSONObject(
            state="state", reason="reason", model="model", prompt="prompt", cost="cost", again="try_after"
        )
    )
    saved = interview.checkpoints.filter(attempt=attempt).annotate(asked=ArraySubquery(asked))
    for checkpoint in saved.prefetch_related(scores):
        if checkpoint.stage_id in parts:
            parts[checkpoint.stage_id].checkpoint = checkpoint
            parts[checkpoint.stage_id].asked = judging.described(checkpoint.asked)
            parts[checkpoint.stage_id].scores = list(checkpoint.scores.all())
            for each in (each for score in checkpoint.scores.all() for each in score.was):
                each["at"] = datetime.fromisoformat(each["at"])
                each["way"] = ways.way_of(each["method"])
            for each in (each for score in checkpoint.scores.all() for each in score.at_desk):
                for moment in ("at", "taken_back_at"):
                    each[moment] = each[moment] and datetime.fromisoformat(each[moment])
    written = interview.answers.filter(attempt=attempt).select_related("question__stage", "probe__point")
    placed = written.annotate(**queries.places("question"))
    in_order = list(placed.order_by("question__stage__number", "question__number"))
    interview.answers_read = {attempt: in_order}
    answers = {answer.question_id: answer for answer in in_order}
    for part in parts.values():
        part.answers = [(question, answers.get(question.pk)) for question in part.stage.questions.all()]
    return list(parts.values())
