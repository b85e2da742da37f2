"""A saved stage as scorers read it, and its score rows as they are written: first, or anew beside what was."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When

from recruitment.evaluation import rubric
from recruitment.evaluation.providers.scorers import Given, Said, Wanted
from recruitment.evaluation.services import heard
from recruitment.models import (
    Answer,
    Checkpoint,
    Competency,
    EarlierScore,
    MentionPoint,
    Question,
    RubricLevel,
    RubricScore,
)
from recruitment.services import progress

BY_PERSON = "person"
# What a reviewer or a vendor scored is not ours to replace; what an earlier release of ours did, is.
OURS = Q(method=BY_PERSON) | Q(method__startswith=rubric.FAMILY) | Q(method__startswith="llm:")


@dataclass(frozen=True, slots=True)
class StageSaid:
    """`by_person`: what hangs on words that are not known, or that nothing speaks of: only a person can score it."""

    said: Said
    by_person: frozenset[int]
    given: "QuerySet[Answer]"


def said_in(checkpoint: Checkpoint) -> int:
    """The attempt under whose consent it was said: a new attempt may have kept it before it was scored."""
    return checkpoint.kept_from_attempt or checkpoint.attempt


def read(checkpoint: Checkpoint, *, with_levels: bool = False) -> StageSaid:
    """The stage with its points; `with_levels` also with the questions, names and levels of the rubric, by which a
    competency without points can be scored. Two queries, one for what was spoken, two for the levels."""
    points: dict[int, list[rubric.Point]] = {}
    for point in MentionPoint.objects.filter(question__stage=checkpoint.stage_id):
        points.setdefault(point.question_id, []).append(
            rubric.Point(point.pk, point.competency_id, point.label, tuple(point.wordings), point.weight)
        )
    given = Answer.objects.filter(
        interview=checkpoint.interview_id, attempt=checkpoint.attempt, question__stage=checkpoint.stage_id
    )
    answers = list(given)
    only_spoken = [answer for answer in answers if answer.media and not answer.text.strip()]
    words = heard.words_of(only_spoken)
    texts = {answer.question_id: answer.text for answer in answers}
    texts |= {question_id: text for question_id, (text, _spoken) in words.items()}
    # What is not known in words is scored by a person: points found there, or missed, would be made up.
    unread = {answer.question_id for answer in only_spoken} - words.keys()
    by_person = {point.competency_id for question_id in unread for point in points.get(question_id, [])}
    asks = dict(_questions(checkpoint)) if with_levels else dict.fromkeys(points, "")
    levels = _levels(checkpoint) if with_levels else {}
    unmeasured = _measured_by_nothing(checkpoint)
    by_person |= unmeasured if unread else unmeasured - levels.keys()
    planned = progress.plan_of(checkpoint.stage.version_id).measured[checkpoint.stage_id]
    wanted = {point.competency_id for of_question in points.values() for point in of_question} | planned
    names = {row.pk: row.name for row in Competency.objects.filter(pk__in=wanted)} if with_levels else {}
    read_answers = tuple(
        rubric.AnswerText(
            question_id,
            texts.get(question_id, ""),
            tuple(points.get(question_id, ())),
            words[question_id][1] if question_id in words else None,
            asks.get(question_id, ""),
        )
        for question_id in (asks or points)
        if question_id not in unread
    )
    return StageSaid(
        Said(
            read_answers,
            tuple(Wanted(key, names.get(key, ""), levels.get(key, ())) for key in sorted(wanted - by_person)),
        ),
        frozenset(by_person),
        given,
    )


def _questions(checkpoint: Checkpoint) -> Iterable[tuple[int, str]]:
    rows = Question.objects.filter(stage=checkpoint.stage_id).order_by("number")
    return rows.values_list("pk", "text")


def _levels(checkpoint: Checkpoint) -> dict[int, tuple[tuple[int, str], ...]]:
    """The rubric of the version that it was taken under, by competency."""
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    rows = RubricLevel.objects.filter(version=checkpoint.stage.version_id).order_by("competency", "level")
    for row in rows:
        found[row.competency_id] = (*found.get(row.competency_id, ()), (row.level, row.anchor))
    return found


def _measured_by_nothing(checkpoint: Checkpoint) -> set[int]:
    """What the stage is to measure and no point of the whole plan speaks of."""
    plan = progress.plan_of(checkpoint.stage.version_id)
    spoken_of = {competency_id for _stage, competency_id in plan.weights}
    return set(plan.measured[checkpoint.stage_id]) - spoken_of


def measured(checkpoint: Checkpoint) -> list[int]:
    """What the stage is to measure, by id. One query."""
    return list(checkpoint.stage.competencies.order_by("pk").values_list("pk", flat=True))


def count_mentions(stage: StageSaid) -> None:
    """Keep with each answer how many points of its question it mentions: one that nobody ever does may be mistyped."""
    counts = {answer.question_id: rubric.mentioned(answer) for answer in stage.said.answers if answer.points}
    said = stage.given.filter(question__in=counts).filter(~Q(text="") | ~Q(media=""))
    if counts:
        cases = [When(question=question_id, then=Value(count)) for question_id, count in counts.items()]
        said.update(points_mentioned=Case(*cases))


def rows_of(checkpoint: Checkpoint, given: Collection[Given], by_person: Iterable[int]) -> list[RubricScore]:
    """The score rows of a stage that has none yet, not written: a person's where there is no value."""
    left = [Given(key, None) for key in sorted(by_person)]
    return [
        RubricScore(checkpoint=checkpoint, competency_id=each.competency_id, **_values(each))
        for each in (*left, *given)
    ]


def create(checkpoint: Checkpoint, given: Collection[Given], by_person: Iterable[int]) -> None:
    """Write the score rows of a stage that has none yet."""
    RubricScore.objects.bulk_create(rows_of(checkpoint, given, by_person))


def _values(given: Given) -> dict[str, Any]:
    return {
        "value": given.value,
        "low": given.low,
        "high": given.high,
        "method": BY_PERSON if given.value is None else given.method,
        "evidence": list(given.evidence),
    }


def replace(checkpoint: Checkpoint, given: Collection[Given]) -> int:
    """Bring a scored stage's rows to these scores, on a locked interview; returns how many changed.

    What was scored before is kept beside (EarlierScore); a score does not go because a later try gave none. Rows that
    nobody wrote yet are written. A reviewer's score, and a vendor's, stand.
    """
    rows = {row.competency_id: row for row in checkpoint.scores.select_for_update()}
    ours = set(checkpoint.scores.filter(OURS).values_list("pk", flat=True))
    changed, earlier = [], []
    for each in given:
        row = rows.get(each.competency_id)
        if row is None or row.pk not in ours or each.value is None:
            continue
        if (row.value, row.method, row.evidence) == (each.value, each.method, list(each.evidence)):
            continue
        if row.value is not None:
            earlier.append(
                EarlierScore(
                    score=row, value=row.value, low=row.low, high=row.high, method=row.method,
                    evidence=row.evidence,
                )
            )  # fmt: skip
        for name, value in _values(each).items():
            setattr(row, name, value)
        changed.append(row)
    EarlierScore.objects.bulk_create(earlier)
    RubricScore.objects.bulk_update(changed, ["value", "low", "high", "method", "evidence"])
    missing = [each for each in given if each.competency_id not in rows]
    RubricScore.objects.bulk_create(rows_of(checkpoint, missing, ()))
    return len(changed) + len(missing)
