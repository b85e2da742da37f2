"""One further question to an answer: from the plan's approved list, about a point that the answer does not mention.

It is asked at once or not at all, and never twice. The answer that it belongs to is open again and takes what is added:
saved, left, returned to, scored and reported on as before. That it stood on the screen is known when the page says so;
once a stage is saved, what was never decided in it has its reason, too.
"""

import time
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Refused
from recruitment.enums import Standing
from recruitment.enums_spoken import NoProbe
from recruitment.evaluation import rubric
from recruitment.evaluation.providers import choosing
from recruitment.evaluation.providers.chosen import chooser
from recruitment.evaluation.providers.protocol import NotNowError
from recruitment.evaluation.services import heard
from recruitment.models import (
    Answer,
    Checkpoint,
    Interview,
    MentionPoint,
    Probe,
    Question,
    Segment,
    Transcript,
)
from recruitment.queries import agreed_to_evaluation
from recruitment.services import interviews, locking

RULE = "rule"
_MAY_BE_ASKED = Q(
    Exists(MentionPoint.objects.filter(question=OuterRef("question")).exclude(probe="")), probe__isnull=True
)
# The answers of a checkpoint's stage about which something could have been asked, and nothing was decided.
UNDECIDED = Answer.objects.filter(
    _MAY_BE_ASKED,
    interview=OuterRef("interview"),
    attempt=OuterRef("attempt"),
    question__stage=OuterRef("stage"),
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An answer that may be asked about further, as it was read: what it says, and which points it leaves open."""

    answer: Answer
    question: str
    text: str
    missing: list[MentionPoint]


def choose(*, interview_id: int, question_id: int, epoch: int) -> Probe | None:
    """What is asked further about a finished answer, decided once; None where nothing is decided.

    The rule takes the heaviest point that is not mentioned and has a question of its own. Where a model scores, it
    chooses among these within seconds, outside any transaction, or nothing is asked. Of what was only spoken nothing
    is decided until its words are there: the page asks once more before the stage is saved.

    NotFound: question_unknown. Refused: not_started, ended, stale_epoch, stage_saved, answer_open.
    """
    with transaction.atomic():
        found = _read(interview_id, question_id, epoch)
        if found is None or isinstance(found, Probe):
            return found
        if not found.missing:
            return _decided(found.answer, reason=NoProbe.ALL_MENTIONED)
        asking = chooser()
        if asking is None:
            return _decided(found.answer, point=found.missing[0])
    options = [(point.pk, point.label, point.probe) for point in found.missing]
    point, reason, began = None, NoProbe.NONE_FITS, time.monotonic()
    try:
        chosen = asking.choose(found.question, found.text, options)
        point = next((each for each in found.missing if each.pk == chosen), None)
    except NotNowError:
        reason = NoProbe.NOT_IN_TIME
    with transaction.atomic():
        again = _read(interview_id, question_id, epoch)
        if again is None or isinstance(again, Probe):
            return again
        if again.text != found.text or time.monotonic() - began > choosing.SECONDS:
            point, reason = None, NoProbe.NOT_IN_TIME
        return _decided(again.answer, point=point, reason="" if point else reason, by=asking.name)


def shown(probe: Probe) -> None:
    """The candidate's page has it on the screen; the first time counts."""
    if probe.point_id is not None:
        Probe.objects.filter(pk=probe.pk, shown_at__isnull=True).update(shown_at=timezone.now())


def close(checkpoint: Checkpoint) -> None:
    """Say of each answer of a saved stage, about which nothing was decided, why; the caller's transaction holds the
    interview. Again: nothing."""
    own: dict[str, Any] = {"interview": checkpoint.interview_id, "attempt": checkpoint.attempt}
    for answer in Answer.objects.filter(_MAY_BE_ASKED, question__stage=checkpoint.stage_id, **own):
        _decided(answer, reason=_why_undecided(answer, checkpoint))


def _why_undecided(answer: Answer, checkpoint: Checkpoint) -> NoProbe:
    if not agreed_to_evaluation(checkpoint.interview_id, checkpoint.attempt):
        return NoProbe.NOT_AGREED
    said = Segment.objects.filter(answer=answer.kept_from_id or answer.pk, standing=Standing.TAKEN)
    heard_by_then = Transcript.objects.filter(
        recording__segment=OuterRef("pk"), written_at__lte=checkpoint.saved_at
    )
    is_unheard = said.exclude(Exists(heard_by_then)).exists()
    return NoProbe.NOT_HEARD if is_unheard and not answer.text.strip() else NoProbe.NOT_ASKED


def _read(interview_id: int, question_id: int, epoch: int) -> _Asked | Probe | None:
    """On the locked interview: what was decided before, or what there is to decide on; None where there is nothing."""
    interview, lease = locking.interview_and_lease_alone(interview_id)
    question = Question.objects.filter(pk=question_id, stage__version=interview.version_id).first()
    if question is None:
        raise NotFound("question_unknown", _("This interview has no such question."))
    interviews.require_open(interview, lease, epoch)
    own: dict[str, Any] = {"interview": interview, "attempt": interview.attempt}
    answer = Answer.objects.filter(question=question, **own).select_related("probe__point").first()
    if answer is not None and (known := getattr(answer, "probe", None)) is not None:
        return known
    if Checkpoint.objects.filter(stage=question.stage_id, **own).exists():
        raise Refused("stage_saved", _("This stage is saved and cannot be changed any more."))
    if answer is None or answer.finished_at is None:
        raise Refused("answer_open", _("This answer is not handed in yet."))
    return _to_decide(interview, question, answer)


def _to_decide(interview: Interview, question: Question, answer: Answer) -> _Asked | Probe | None:
    points = list(question.mention_points.order_by("-weight", "pk"))
    if not any(point.probe for point in points):
        return None
    if not agreed_to_evaluation(interview.pk, interview.attempt):
        return _decided(answer, reason=NoProbe.NOT_AGREED)
    text = answer.text
    if answer.media:
        spoken = heard.words_of([answer]).get(question.pk)
        if spoken is None and not text.strip():
            return None
        text = "\n".join(filter(None, [text, spoken[0] if spoken else ""]))
    mentioned = rubric.points_in(text, {point.pk: point.wordings for point in points})
    missing = [point for point in points if point.probe and point.pk not in mentioned]
    return _Asked(answer, question.text, text, missing)


def _decided(answer: Answer, *, point: MentionPoint | None = None, reason: str = "", by: str = RULE) -> Probe:
    """Written once; an answer that is asked about is open again, as the candidate left it."""
    probe = Probe.objects.create(
        answer=answer, point=point, reason=reason, chosen_by=by, decided_at=timezone.now(),
        characters=len(answer.text),
        recordings=Segment.objects.filter(answer=answer, standing=Standing.TAKEN).count(),
    )  # fmt: skip
    if point is not None:
        answer.finished_at = None
        answer.save(update_fields=["finished_at"])
    return probe
