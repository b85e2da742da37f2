"""How an interview ends without being finished: its time is over, nobody came, or it was called off."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from core.bulk import save_stepped
from core.events import effect, note
from core.events.running import shared_step
from core.seen import require_as_seen
from people.actors import Actor, Party, actor_label
from recruitment import signals
from recruitment.enums import ApplicationStage, InterviewKind, InterviewState
from recruitment.models import ContactAttempt, Interview, Lease
from recruitment.models.interviews import LEASE_ELSEWHERE
from recruitment.rules import require_recruiting
from recruitment.services import bookings, links, locking, plans


def since_this_exit() -> Exists:
    """The condition on interviews: somebody noted a contact of the present attempt after it broke off."""
    return Exists(
        ContactAttempt.objects.filter(
            follow_up__interview=OuterRef("pk"),
            attempt=OuterRef("attempt"),
            at__gte=OuterRef("interrupted_at"),
        )
    )


def abandon_ended(*, interview_id: int, by: Actor = Party.SYSTEM) -> bool:
    """The time to return is over: abandon, but only when somebody reached or tried to reach the candidate since.

    A call after an earlier exit, or before this one, says nothing about this one.
    Otherwise the interview stays interrupted, red in the queue, and the watch escalates. Returns whether it moved.
    """
    with transaction.atomic():
        return bool(abandon_all_ended([locking.interview(interview_id)], by=by))


def abandon_all_ended(
    held: Collection[Interview], *, now: datetime | None = None, by: Actor = Party.SYSTEM
) -> int:
    """`abandon_ended` for locked interviews, as one chain: the same statements for many as for one. How many moved.

    `now`: where it is not what the clock shows.
    """
    now = now or timezone.now()
    over = [
        interview
        for interview in held
        if interview.state == InterviewState.INTERRUPTED
        and interview.resume_until is not None
        and interview.resume_until <= now
    ]
    tried = Interview.objects.filter(since_this_exit(), pk__in=[interview.pk for interview in over])
    called = set(tried.values_list("pk", flat=True))
    moved = [interview for interview in over if interview.pk in called]
    for interview in moved:
        interview.abandon()
    save_stepped(moved, ("state", "resume_until"))
    signals.interview_abandoned.emit_all(
        [(interview, {"attempt": interview.attempt, "given_up": False}) for interview in moved],
        by=actor_label(by),
        is_held=True,
    )
    return len(moved)


def miss(*, interview_id: int, by: Actor = Party.SYSTEM) -> bool:
    """The window ended and nobody came. Returns whether it moved.

    A vendor's word may still be on its way for a while. Of an interview that people hold nobody tells us whether the
    candidate came: it is missed when HR says so (`meetings.did_not_come`), never by the clock.
    """
    with transaction.atomic():
        return bool(miss_all([locking.interview(interview_id)], by=by))


def miss_all(held: Collection[Interview], *, now: datetime | None = None, by: Actor = Party.SYSTEM) -> int:
    """`miss` for locked interviews, as one chain: the same statements for many as for one. How many moved.

    `now`: where it is not what the clock shows.
    """
    now = now or timezone.now()
    moved = [interview for interview in held if _nobody_came(interview, now)]
    for interview in moved:
        interview.miss()
    save_stepped(moved, ("state",))
    signals.interview_missed.emit_all(
        [(interview, {"attempt": interview.attempt}) for interview in moved], by=actor_label(by), is_held=True
    )
    return len(moved)


def _nobody_came(interview: Interview, now: datetime) -> bool:
    if interview.state != InterviewState.SCHEDULED or interview.kind == InterviewKind.PEOPLE:
        return False
    late = LEASE_ELSEWHERE if interview.kind == InterviewKind.VENDOR else timedelta(0)
    return interview.window_closes_at + late <= now


def cancel(*, interview_id: int, by: Actor) -> Interview:
    """HR calls the interview off: reports withdrawn, delays lifted, follow-ups closed, candidate told.

    Refused: changed_meanwhile (the candidate may have come back since).
    """
    require_recruiting(by, Interview, interview_id)
    with transaction.atomic():
        interview, _lease = locking.interview_and_lease(interview_id)
        require_as_seen(interview)
        _cancel(interview, by=by, withdrawn=False)
        return interview


def align_of_application(*, application_id: int) -> None:
    """Bring the interviews to whether their application goes on.

    Ended: what could still be taken is cancelled. Not: what that end had cancelled stands as it stood: ahead while its
    window is not over, or to be returned to from now on, as long as after any exit. What HR cancelled stays cancelled.
    """
    with shared_step():
        concerned = Q(state__in=InterviewState.running, application__stage__in=ApplicationStage.ended)
        concerned |= Q(~Q(stood_at=""), ~Q(application__stage__in=ApplicationStage.ended))
        ids = Interview.objects.filter(concerned, application=application_id).order_by("pk")
        for interview_id in list(ids.values_list("pk", flat=True)):
            interview = locking.interview(interview_id)
            locking.lease(interview_id)
            stage = interview.application.stage
            if stage in ApplicationStage.ended and interview.state in InterviewState.running:
                interview.stood_at = interview.state
                _cancel(interview, by=Party.SYSTEM, withdrawn=stage == ApplicationStage.WITHDRAWN)
                effect(interview, gettext_noop("Interview cancelled"))
            elif stage not in ApplicationStage.ended and interview.stood_at:
                _reinstate(interview)


def _reinstate(interview: Interview) -> None:
    now = timezone.now()
    if interview.stood_at == InterviewState.SCHEDULED and interview.window_closes_at <= now:
        note(gettext_noop("The time for this interview is over: it needs a new one."))
        return
    if interview.kind == InterviewKind.PEOPLE and not bookings.is_free_again(interview):
        note(gettext_noop("Interviewers or room are booked by now: it needs a new time."))
        return
    interview.reinstate(at=now, resume_until=now + timedelta(hours=interview.version.resume_hours))
    interview.save(update_fields=["state", "resume_until", "interrupted_at", "stood_at"])
    plans.renew(interview)
    links.keep_until_returned(interview)
    effect(interview, gettext_noop("Interview reinstated"))
    signals.interview_reinstated.emit(
        subject=interview,
        facts={"attempt": interview.attempt, "state": interview.state},
        by=actor_label(Party.SYSTEM),
        is_held=True,
    )


def _cancel(interview: Interview, *, by: Actor, withdrawn: bool) -> None:
    cancel_silently(interview)
    announce_cancelled(interview, by=by, withdrawn=withdrawn)


def cancel_silently(interview: Interview) -> None:
    """The step alone, on locked rows, for a caller that announces it once the rest is done."""
    interview.cancel()
    interview.save(update_fields=["state", "resume_until", "stood_at"])
    Lease.objects.filter(pk=interview.pk).update(live=False)


def announce_cancelled(interview: Interview, *, by: Actor, withdrawn: bool, **words: str) -> None:
    """Say that a locked interview was cancelled; `words` are the candidate's own, if any: cause, note."""
    signals.interview_cancelled.emit(
        subject=interview,
        facts={"attempt": interview.attempt, "withdrawn": withdrawn, **words},
        by=actor_label(by),
        is_held=True,
    )
