"""Figures of faces: whether a plan wants them, what a candidate's browser counted, and the consent taken back."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound, Refused
from people.actors import Actor, Party, require_right
from people.rights import Right
from recruitment.enums import InterviewState, Standing
from recruitment.enums_faces import Faces, NotMeasured
from recruitment.models import Consent, FaceFigures, Interview, PlanVersion, Question, Segment
from recruitment.models.faces import COUNTS
from recruitment.recordings import facelib, policy
from recruitment.recordings.facewords import words_of
from recruitment.rules import require_recruiting
from recruitment.services import interviews, locking, plans
from recruitment.services.arriving import CONSENT_VERSION

KIND = "faces"
# A head turned further than this counts as turned; the page's own bound is the same (a test compares them).
AWAY_DEGREES = 30
# A frame every two seconds: never more than one in each second, whatever a page says.
METHOD = "human 3.3.6, a frame in 2 s"
LONGEST_SECONDS = 2 * policy.LONGEST_ANSWER_SECONDS


@dataclass(frozen=True, slots=True)
class Counted:
    """What a browser says of one answer: all counts, or the reason of none."""

    seconds: float | None
    counts: dict[str, int]
    reason: str


def switch(*, version_id: int, faces: str, by: Actor) -> PlanVersion:
    """Whether a draft's spoken answers are looked at for faces. Published as it is, it never changes.

    Forbidden: not_permitted (it takes the right to decide for HR). NotFound: version_unknown. Invalid: faces_unknown.
    Refused: version_published, faces_not_installed.
    """
    require_right(by, Right.DECIDE)
    plans.require_may_plan(by)
    if faces not in Faces.values:
        raise Invalid("faces_unknown", _("Please choose one of the three."))
    if faces != Faces.OFF and not facelib.is_installed():
        raise Refused(
            "faces_not_installed",
            _(
                "The library for it is not installed. Whoever runs the machine fetches two packages with npm and hands "
                "them to manage.py install_faces; until then it stays off."
            ),
        )
    with transaction.atomic():
        draft = plans.held_draft(version_id)
        draft.faces = faces
        draft.save(update_fields=["faces"])
        return draft


def is_offered(version: PlanVersion) -> bool:
    """Whether candidates of this plan are asked: it says so, and the library is there."""
    return version.faces != Faces.OFF and facelib.is_installed()


def has_agreed(interview_id: int, attempt: int) -> bool:
    """Whether the candidate agreed in this attempt; the last word counts."""
    return _said(interview_id).get(attempt, False)


def counted(content: dict[str, Any]) -> Counted:
    """`{seconds, frames, absent, away, several}` or `{reason}`, and nothing beside it. Invalid: faces_invalid."""
    content = {name: value for name, value in content.items() if name != "epoch"}
    if content.keys() == {"reason"}:
        if content["reason"] not in NotMeasured.values:
            raise _invalid()
        return Counted(None, {}, content["reason"])
    seconds = content.get("seconds")
    if (
        content.keys() != {"seconds", *COUNTS}
        or isinstance(seconds, bool)
        or not isinstance(seconds, int | float)
    ):
        raise _invalid()
    counts = {name: content[name] for name in COUNTS}
    if not all(
        isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in counts.values()
    ):
        raise _invalid()
    frames, seen = counts["frames"], counts["frames"] - counts["absent"]
    if not (
        0 <= seconds <= LONGEST_SECONDS
        and 0 < frames <= seconds + 1
        and max(counts["away"], counts["several"]) <= seen
    ):
        raise _invalid()
    return Counted(round(float(seconds), 1), counts, "")


def _invalid() -> Invalid:
    return Invalid("faces_invalid", _("These figures cannot be right."))


def note(*, interview_id: int, question_id: int, epoch: int, figures: Counted) -> FaceFigures:
    """Keep what this page counted in the answer; said again it replaces what was said. No step waits for it.

    It may come just after the page's last answer completed the interview.

    NotFound: question_unknown. Refused: not_started, ended, stale_epoch; faces_off (the plan), faces_not_agreed (the
    candidate), faces_without_recording (nothing of the answer's recording is kept).
    """
    with transaction.atomic():
        interview, lease = locking.interview_and_lease_alone(interview_id)
        if not Question.objects.filter(pk=question_id, stage__version=interview.version_id).exists():
            raise NotFound("question_unknown", _("This interview has no such question."))
        if interview.state != InterviewState.COMPLETED or lease.epoch != epoch:
            interviews.require_open(interview, lease, epoch)
        if not PlanVersion.objects.filter(pk=interview.version_id).exclude(faces=Faces.OFF).exists():
            raise Refused("faces_off", _("Nothing of the kind is noted in this interview."))
        if not has_agreed(interview_id, interview.attempt):
            raise Refused("faces_not_agreed", _("You have not agreed to that."))
        kept = Segment.objects.filter(
            answer__interview=interview, answer__attempt=interview.attempt, answer__question=question_id,
            standing=Standing.TAKEN, deletion_reason="",
        )  # fmt: skip
        answer_id = kept.values_list("answer", flat=True).first()
        if answer_id is None:
            raise Refused("faces_without_recording", _("No recording of this answer is kept."))
        values = {name: figures.counts.get(name) for name in COUNTS}
        row, _new = FaceFigures.objects.update_or_create(
            answer_id=answer_id,
            defaults={
                **values,
                "seconds": figures.seconds,
                "reason": figures.reason,
                "degrees": AWAY_DEGREES,
                "method": METHOD,
            },
        )
        return row


def own(interview_id: int) -> dict[str, Any]:
    """For the candidate's own page: whether a consent stands, and what is kept, in the order of the questions."""
    rows = FaceFigures.objects.filter(answer__interview=interview_id).select_related("answer__question")
    rows = rows.order_by("answer__attempt", "answer__question__stage__number", "answer__question__number")
    kept = [(str(row.answer.question), words_of(row)) for row in rows]
    return {"agreed": any(_said(interview_id).values()), "kept": kept}


def withdraw(*, interview_id: int, by: Actor) -> int:
    """The candidate takes the consent back, or HR notes that: every figure of this interview goes at once, and no more
    are taken.

    Nothing else of the interview changes. Again, or never agreed: nothing. Returns how many went.
    Forbidden: not_permitted. Refused: faces_not_agreed (HR notes what was never said).
    """
    if by is not Party.CANDIDATE:
        require_recruiting(by, Interview, interview_id)
    with transaction.atomic():
        interview = locking.interview_alone(interview_id)
        if by is not Party.CANDIDATE and not any(_said(interview_id).values()):
            raise Refused(
                "faces_not_agreed", _("The candidate has not agreed to that, or has taken it back.")
            )
        return take_back(interview)


def take_back(interview: Interview) -> int:
    """`withdraw` on a locked interview."""
    Consent.objects.bulk_create(
        Consent(interview=interview, attempt=attempt, kind=KIND, version=CONSENT_VERSION, given=False)
        for attempt, given in _said(interview.pk).items()
        if given
    )
    return FaceFigures.objects.filter(answer__interview=interview).delete()[0]


def _said(interview_id: int) -> dict[int, bool]:
    """By attempt, the last word."""
    rows = Consent.objects.filter(interview=interview_id, kind=KIND).order_by("pk")
    return dict(rows.values_list("attempt", "given"))
