"""The scoring desk: question by question across candidates, names hidden; a second reviewer by sample, and how far they
agree; a rubric's levels worded after answers that were judged."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Mod
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Invalid, NotFound, Refused
from people.actors import Actor, actor_user
from people.models import User
from recruitment.enums import InterviewState, OpeningState
from recruitment.evaluation.agreement import Agreement, agreement
from recruitment.evaluation.services import scoring
from recruitment.models import Competency, Interview, Judgement, RubricLevel, RubricScore, Stage
from recruitment.models.plans import HIGHEST_LEVEL, LONGEST_ANCHOR, points_of
from recruitment.rules import own, require_recruiting
from recruitment.services import locking

# Every fifth score that has a first reviewer is given to a second one, who does not know.
SECOND_OF = 5
LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Question:
    """A competency in a stage of one plan version: how many answers wait, and how far reviewers agreed so far."""

    stage: Stage
    competency: Competency
    first: int
    second: int
    agreed: Agreement


def scores_for(person: User) -> "QuerySet[RubricScore]":
    """What this person may judge, with `waits_first` and `waits_second`: present attempts, not running, of openings
    that are open, in the departments that are the person's. A vendor's scores are not ours to judge."""
    visible = Interview.objects.visible_to(person).filter(application__opening__state=OpeningState.OPEN)
    first = Judgement.objects.standing().filter(score=OuterRef("pk"), is_second=False)
    second = Judgement.objects.standing().filter(score=OuterRef("pk"), is_second=True)
    rows = RubricScore.objects.filter(
        own(person, RubricScore),
        checkpoint__interview__in=visible.exclude(state=InterviewState.IN_PROGRESS),
        checkpoint__attempt=F("checkpoint__interview__attempt"),
    )
    return (
        rows.exclude(method__startswith="vendor:")
        .alias(sampled=Mod(F("pk"), SECOND_OF))
        .annotate(
            waits_first=Q(~Exists(first), override__isnull=True),
            waits_second=Q(Exists(first.exclude(reviewer=person)), ~Exists(second), sampled=0),
        )
    )


def questions(person: User) -> list[Question]:
    """Everything that waits for this person or has been judged twice, the fullest first. Four queries."""
    rows = scores_for(person)
    counted = rows.order_by().values("checkpoint__stage", "competency").annotate(
        first=Count("pk", filter=Q(waits_first=True)), second=Count("pk", filter=Q(waits_second=True))
    )  # fmt: skip
    pairs: dict[tuple[int, int], list[tuple[int, int]]] = {}
    standing = Judgement.objects.standing()
    first = standing.filter(score=OuterRef("score"), is_second=False)
    twice = standing.filter(is_second=True, score__in=rows.values("pk")).annotate(
        other=Subquery(first.values("level")[:1])
    )
    for stage_id, competency_id, one, other in twice.values_list(
        "score__checkpoint__stage", "score__competency", "other", "level"
    ):
        pairs.setdefault((stage_id, competency_id), []).append((one, other))
    found = {(row["checkpoint__stage"], row["competency"]): row for row in counted}
    wanted = {key: row for key, row in found.items() if row["first"] or row["second"] or key in pairs}
    stages = Stage.objects.select_related("version__plan").in_bulk({stage for stage, _of in wanted})
    competencies = Competency.objects.in_bulk({competency for _stage, competency in wanted})
    listed = [
        Question(
            stages[stage],
            competencies[of],
            row["first"],
            row["second"],
            agreement(pairs.get((stage, of), [])),
        )
        for (stage, of), row in wanted.items()
    ]
    return sorted(listed, key=lambda each: (-each.second, -each.first, each.stage.pk, each.competency.pk))


def waiting_for(person: User, *, stage_id: int, competency_id: int) -> tuple[int, int]:
    """How many answers of this question wait for the person, as first reviewer and as second. One query."""
    rows: Any = scores_for(person).filter(checkpoint__stage=stage_id, competency=competency_id)
    found = rows.aggregate(
        first=Count("pk", filter=Q(waits_first=True)), second=Count("pk", filter=Q(waits_second=True))
    )
    return found["first"], found["second"]


def next_for(person: User, *, stage_id: int, competency_id: int) -> RubricScore | None:
    """The next answer of this question that waits for the person, those for a second reviewer first. One query."""
    rows: Any = scores_for(person).filter(checkpoint__stage=stage_id, competency=competency_id)
    waiting = rows.filter(Q(waits_first=True) | Q(waits_second=True))
    found: RubricScore | None = (
        waiting.select_related("checkpoint__stage", "competency").order_by("-waits_second", "pk").first()
    )
    return found


def judged(person: User, *, stage_id: int, competency_id: int) -> "QuerySet[Judgement]":
    """The person's own judgements of this question that stand, the newest first."""
    rows = Judgement.objects.standing().filter(
        reviewer=person, score__checkpoint__stage=stage_id, score__competency=competency_id
    )
    return rows.select_related("score__checkpoint__stage", "score__competency").order_by("-pk")


def judge(*, score_id: int, level: int, note: str, by: Actor) -> Judgement:
    """A reviewer's level. The first becomes the reviewer's score, beside the method's; a second only stands beside it.

    The same again is nothing. NotFound: score_unknown. Invalid: level_out_of_range. Refused: judged_already,
    interview_running.
    """
    require_recruiting(by, RubricScore, score_id)
    _require_level(level)
    with transaction.atomic():
        interview_id = _interview_of(score_id)
        locking.interview(interview_id)
        score = RubricScore.objects.select_for_update().get(pk=score_id)
        before = list(score.judgements.standing())
        person = actor_user(by)
        mine = next((each for each in before if each.reviewer == person), None)
        if mine is not None and mine.level == level:
            return mine
        is_open = len(before) == 1 and score.pk % SECOND_OF == 0 if before else score.override is None
        if mine is not None or not is_open:
            raise Refused("judged_already", _("This answer has been judged already."))
        return _written(score, is_second=bool(before), level=level, note=note, by=by)


def change(*, judgement_id: int, level: int, note: str, by: Actor) -> Judgement:
    """Another level, or note, in place of the reviewer's own last judgement of a question, which stays as taken back.

    The same again is nothing. NotFound: judgement_unknown. Invalid: level_out_of_range. Refused: not_your_last,
    scored_since, interview_running.
    """
    _require_level(level)
    with transaction.atomic():
        mine, score = _last(judgement_id, by)
        if (mine.level, mine.note) == (level, note.strip()[:LONGEST_NOTE]):
            return mine
        _end(mine)
        return _written(score, is_second=mine.is_second, level=level, note=note, by=by)


def take_back(*, judgement_id: int, by: Actor) -> None:
    """The reviewer's own last judgement of a question counts no more, and the answer waits again; it stays as taken
    back.

    NotFound: judgement_unknown. Refused: not_your_last, scored_since, interview_running, judged_twice (a second
    reviewer judged beside it: it can be changed, not left out).
    """
    with transaction.atomic():
        mine, score = _last(judgement_id, by)
        if not mine.is_second:
            if score.judgements.standing().filter(is_second=True).exists():
                raise Refused(
                    "judged_twice",
                    _(
                        "A second reviewer has judged this answer by now: the level can be changed, not taken back."
                    ),
                )
            scoring.override(score_id=score.pk, value=None, reason="", by=by)
        _end(mine)


def _require_level(level: int) -> None:
    if not 1 <= level <= HIGHEST_LEVEL:
        raise Invalid("level_out_of_range", _("A level lies between 1 and 5."))


def _written(score: RubricScore, *, is_second: bool, level: int, note: str, by: Actor) -> Judgement:
    said = note.strip()[:LONGEST_NOTE]
    made = Judgement.objects.create(
        score=score, reviewer=actor_user(by), level=level, note=said, is_second=is_second
    )
    if not is_second:
        why = said or _("At the scoring desk, name hidden: level %(level)s") % {"level": level}
        scoring.override(score_id=score.pk, value=str(points_of(level)), reason=why, by=by)
    return made


def _last(judgement_id: int, by: Actor) -> tuple[Judgement, RubricScore]:
    """The judgement and its score, both locked, if it is the last one that this reviewer made of its question and, as a
    first one, still is what the score rests on."""
    found = Judgement.objects.filter(pk=judgement_id).select_related("score__checkpoint").first()
    if found is None:
        raise NotFound("judgement_unknown", _("There is no such judgement."))
    require_recruiting(by, RubricScore, found.score_id)
    locking.interview(_interview_of(found.score_id))
    score = RubricScore.objects.select_for_update().get(pk=found.score_id)
    person = actor_user(by)
    asked = {"stage_id": found.score.checkpoint.stage_id, "competency_id": found.score.competency_id}
    last = judged(person, **asked).first() if isinstance(person, User) else None
    if last is None or last.pk != judgement_id:
        raise Refused("not_your_last", _("Only your own last judgement of a question can be changed."))
    stands = score.override == points_of(last.level) and score.overridden_by_id == last.reviewer_id
    if not last.is_second and not stands:
        raise Refused(
            "scored_since", _("The reviewer's score has been changed on the interview's page since.")
        )
    return last, score


def _end(judgement: Judgement) -> None:
    judgement.taken_back_at = timezone.now()
    judgement.save(update_fields=["taken_back_at"])


def _interview_of(score_id: int) -> int:
    found = RubricScore.objects.filter(pk=score_id).values_list("checkpoint__interview", flat=True).first()
    if found is None:
        raise NotFound("score_unknown", _("There is no such score."))
    return found


def set_anchor(*, judgement_id: int, text: str, by: Actor) -> RubricLevel:
    """Word a level of the house's rubric after an answer that was judged to be of it. Plans take it over when they are
    published next. NotFound: judgement_unknown. Invalid: anchor_missing, anchor_too_long."""
    found = Judgement.objects.filter(pk=judgement_id).select_related("score").first()
    if found is None:
        raise NotFound("judgement_unknown", _("There is no such judgement."))
    require_recruiting(by, RubricScore, found.score_id)
    said = text.strip()
    if not said:
        raise Invalid("anchor_missing", _("Please word the level."))
    if len(said) > LONGEST_ANCHOR:
        raise Invalid(
            "anchor_too_long", _("A level has at most %(most)s characters.") % {"most": LONGEST_ANCHOR}
        )
    values: dict[str, Any] = {"anchor": said}
    level, _is_new = RubricLevel.objects.update_or_create(
        competency_id=found.score.competency_id, version=None, level=found.level, defaults=values
    )
    return level
