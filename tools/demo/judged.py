"""What last week's applicants answered, its stage scores, and what reviewers made of them at the scoring desk.

Each score is the rubric's count of what was said, and beside it the reviewer's. The first stage's communication was
judged at the desk, every fifth answer twice; a few still wait for a first reviewer, and a few for a second.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DateTimeField, OuterRef, Subquery

from people.models import User
from recruitment.evaluation import rubric
from recruitment.evaluation.services.desk import SECOND_OF
from recruitment.models import Answer, Checkpoint, Competency, Interview, Judgement, MentionPoint, RubricScore
from recruitment.models.plans import HIGHEST_LEVEL, points_of
from tools.demo import said

FIRST, SECOND = "wangkai", "liwenjing"
AT_DESK = "communication"
# Nearest to the score of these is what the desk said: full, good or fair.
LEVELS = (3, 4, 5)
# So many wait for a first and a second reviewer.
WAIT_FIRST, WAIT_SECOND = 8, 3
# What both hold against each other: the second one is a level lower, the same, higher …
APART = (0, -1, 0, 0, 1, 0, 0)
# Two points of the first stage and one of the third: what one is above the score, the other is below.
TEAMWORK = {1: Decimal(1), 3: Decimal(-2)}


def level_of(value: Decimal) -> int:
    """The level whose points are nearest."""
    return min(LEVELS, key=lambda level: (abs(points_of(level) - value), level))


def write(rows: list[Interview], values: Mapping[int, Mapping[Competency, Decimal]]) -> None:
    """Answers and stage scores of these interviews, by the values of each one's competencies."""
    checkpoints = list(
        Checkpoint.objects.filter(interview__in=rows)
        .select_related("stage")
        .order_by("interview", "stage__number")
    )
    points = _points(checkpoints)
    reviewer = User.objects.get(username=FIRST)
    answers: list[Answer] = []
    scores: list[RubricScore] = []
    for checkpoint in checkpoints:
        mine = {
            competency.code: (competency, value)
            for competency, value in values[checkpoint.interview_id].items()
        }
        given = _given(checkpoint, points, mine)
        answers += [
            Answer(
                interview_id=checkpoint.interview_id, attempt=1, question_id=answer.question_id, revision=1,
                text=answer.text, finished_at=checkpoint.saved_at, points_mentioned=rubric.mentioned(answer),
            )
            for answer in given
        ]  # fmt: skip
        for found in rubric.score_stage(given):
            (competency, value) = next(pair for pair in mine.values() if pair[0].pk == found.competency_id)
            scores.append(_score(checkpoint, competency, found, value, reviewer))
    Answer.objects.bulk_create(answers)
    for stage in points:
        saved = Checkpoint.objects.filter(interview=OuterRef("interview"), stage=stage).values("saved_at")[:1]
        Answer.objects.filter(interview__in=rows, question__stage=stage).update(saved_at=Subquery(saved))
    RubricScore.objects.bulk_create(scores)
    _judge([score for score in scores if score.competency.code == AT_DESK])


def _points(checkpoints: list[Checkpoint]) -> dict[int, dict[int, list[MentionPoint]]]:
    """Of each stage by question."""
    found: dict[int, dict[int, list[MentionPoint]]] = {}
    stages = {checkpoint.stage_id for checkpoint in checkpoints}
    rows = MentionPoint.objects.filter(question__stage__in=stages).select_related("question", "competency")
    for point in rows.order_by("question__number", "pk"):
        found.setdefault(point.question.stage_id, {}).setdefault(point.question_id, []).append(point)
    return found


def _given(
    checkpoint: Checkpoint,
    points: Mapping[int, Mapping[int, list[MentionPoint]]],
    mine: Mapping[str, tuple[Competency, Decimal]],
) -> list[rubric.AnswerText]:
    return [
        rubric.AnswerText(
            question_id,
            "".join(
                _said(code, mine[code][1], checkpoint)
                for code in dict.fromkeys(row.competency.code for row in rows)
            ),
            tuple(
                rubric.Point(row.pk, row.competency_id, row.label, tuple(row.wordings), row.weight)
                for row in rows
            ),
        )
        for question_id, rows in points[checkpoint.stage_id].items()
    ]


def _said(code: str, value: Decimal, checkpoint: Checkpoint) -> str:
    if code == "teamwork" and checkpoint.stage.number > 1:
        return said.ALIGNED if value >= said.LINES[0] else ""
    return said.words(code, value, checkpoint.interview_id)


def _score(
    checkpoint: Checkpoint, competency: Competency, found: rubric.CompetencyCoverage, value: Decimal, by: User
) -> RubricScore:
    shift = TEAMWORK.get(checkpoint.stage.number, Decimal(0)) if competency.code == "teamwork" else Decimal(0)
    return RubricScore(
        checkpoint=checkpoint, competency=competency, value=found.value, method=rubric.METHOD,
        evidence=found.evidence, override=value + shift, override_reason="结合作答全文复核", overridden_by=by,
        overridden_at=checkpoint.saved_at + timedelta(hours=3),
    )  # fmt: skip


def _judge(scores: list[RubricScore]) -> None:
    """The desk's part, in the order of the interviews; what waits stands as the rubric counted it."""
    first, second = (User.objects.get(username=username) for username in (FIRST, SECOND))
    # What the rubric counts is the score itself where nobody judged: those that wait are such.
    waiting = [score for score in scores if score.override == score.value][-WAIT_FIRST:]
    judged = [score for score in scores if score not in waiting]
    twice = [score for score in judged if score.pk % SECOND_OF == 0][:-WAIT_SECOND]
    for score in waiting:
        score.override, score.override_reason, score.overridden_at = None, "", None
        score.overridden_by = None
    for score in judged:
        score.override_reason = f"评分台匿名评分：{_level(score)} 级"
    rows = [Judgement(score=score, reviewer=first, level=_level(score)) for score in judged]
    rows += [
        Judgement(
            score=score, reviewer=second, is_second=True, level=min(_level(score) + apart, HIGHEST_LEVEL)
        )
        for place, score in enumerate(twice)
        for apart in [APART[place % len(APART)]]
    ]
    RubricScore.objects.bulk_update(scores, ["override", "override_reason", "overridden_by", "overridden_at"])
    Judgement.objects.bulk_create(rows)
    # Their own moment: what is made now is dated now.
    when = RubricScore.objects.filter(pk=OuterRef("score")).values("overridden_at")[:1]
    for is_second, after in ((False, timedelta(0)), (True, timedelta(hours=20))):
        mine = Judgement.objects.filter(score__in=scores, is_second=is_second)
        mine.update(at=Subquery(when, output_field=DateTimeField()) + after)


def _level(score: RubricScore) -> int:
    return level_of(score.override or Decimal(0))


def evidence_of(rows: list[Interview]) -> dict[tuple[int, int], list[dict[str, Any]]]:
    """What a report says of each interview and competency: by stage, as `assessments` writes it."""
    found: dict[tuple[int, int], list[dict[str, Any]]] = {}
    scores = RubricScore.objects.filter(checkpoint__interview__in=rows).select_related("checkpoint__stage")
    for score in scores.order_by("checkpoint__stage__number"):
        piece = {
            "source": "stage",
            "label": score.checkpoint.stage.title,
            "value": str(score.effective),
            "reviewed": score.override is not None,
            "points": score.evidence,
        }
        found.setdefault((score.checkpoint.interview_id, score.competency_id), []).append(piece)
    return found
