"""Interviews that people hold: nobody's page tells us of them, so HR says whether the candidate came."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Refused
from core.seen import require_as_seen
from people.actors import Actor, actor_label
from recruitment import signals
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Interview, Lease
from recruitment.rules import require_recruiting
from recruitment.services import locking

LONGEST_NOTE = 500


def took_place(*, interview_id: int, by: Actor, note: str = "") -> Interview:
    """The interviewers met the candidate: begun and completed in one step, announced as both, one after the other.

    No stage is needed and no report is made of it; the note goes with the announcement. An exit that is still open
    ends with it. Invalid: note_too_long. Refused: not_held_by_people, step_not_allowed, window_not_open.
    """
    require_recruiting(by, Interview, interview_id)
    note = note.replace("\x00", "").strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid("note_too_long", _("Please use 500 characters at most."))
    with transaction.atomic():
        interview, lease = _held_by_people(interview_id, InterviewState.running)
        now = timezone.now()
        if interview.state == InterviewState.SCHEDULED:
            interview.enter(at=now)
            interview.save(update_fields=["state", "started_at"])
            signals.interview_started.emit(
                subject=interview,
                facts={"attempt": interview.attempt, "epoch": lease.epoch},
                by=actor_label(by),
                is_held=True,
            )
        interview.exits.filter(attempt=interview.attempt, returned_at=None).update(returned_at=now)
        interview.complete(at=now)
        interview.save(update_fields=["state", "completed_at", "resume_until"])
        Lease.objects.filter(pk=interview.pk).update(live=False)
        signals.interview_completed.emit(
            subject=interview,
            facts={"attempt": interview.attempt, "held_by": interview.kind, "note": note},
            by=actor_label(by),
            is_held=True,
        )
        return interview


def did_not_come(*, interview_id: int, by: Actor) -> Interview:
    """The interviewers waited in vain: missed, as a room's window that ends unused; somebody has to call.

    Refused: not_held_by_people, step_not_allowed, window_not_open.
    """
    require_recruiting(by, Interview, interview_id)
    with transaction.atomic():
        interview, _lease = _held_by_people(interview_id, (InterviewState.SCHEDULED,))
        interview.miss()
        interview.save(update_fields=["state"])
        signals.interview_missed.emit(
            subject=interview, facts={"attempt": interview.attempt}, by=actor_label(by), is_held=True
        )
        return interview


def _held_by_people(interview_id: int, states: tuple[str, ...]) -> tuple[Interview, Lease]:
    interview, lease = locking.interview_and_lease(interview_id)
    if interview.kind != InterviewKind.PEOPLE:
        raise Refused(
            "not_held_by_people", _("Only of an interview that people hold does HR say how it went.")
        )
    if interview.state not in states:
        raise Refused(
            "step_not_allowed", _("This step is not possible in the present state."), state=interview.state
        )
    require_as_seen(interview)
    if interview.state == InterviewState.SCHEDULED and timezone.now() < interview.window_opens_at:
        raise Refused(
            "window_not_open",
            _(
                "The time of this interview has not come yet. If it was held earlier, give it its new time first."
            ),
            opens_at=interview.window_opens_at.isoformat(),
        )
    return interview, lease
