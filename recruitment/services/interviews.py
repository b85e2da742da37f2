"""The steps of an interview as people and processes take them: lock, right, step, save, announce."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.bulk import save_stepped
from core.errors import Invalid, Refused
from core.events.reading import reading_once
from core.trouble import wall
from people.actors import Actor, Party, actor_label, actor_user
from recruitment import signals
from recruitment.enums import ExitCause, InterviewKind, InterviewState
from recruitment.models import (
    Interview,
    InterviewExit,
    Lease,
    RoomEntry,
)  # fmt: skip
from recruitment.models import Stage as PlanStage
from recruitment.models.interviews import LEASE_ELSEWHERE
from recruitment.rules import require_recruiting
from recruitment.services import applications, arriving, endings, locking, progress

# Exits that the candidate announced; one more cannot be resumed. Silent ones do not count: nobody chooses them.
MOST_ANNOUNCED_EXITS = 5
LEASE_AT_ENTRY = timedelta(seconds=30)


@dataclass(frozen=True)
class Entered:
    """What a page needs after entering: the epoch for its writes, and the state."""

    epoch: int
    state: str


def enter(
    *,
    interview_id: int,
    by: Actor,
    consents: Iterable[str] = (),
    device: dict[str, Any] | None = None,
    happened_at: datetime | None = None,
) -> Entered:
    """Start, resume or take over; the epoch always grows, so that an older page is stale from here on.

    A lease that ran out unnoticed is an exit first: it is recorded before the return. Whether the window is open is
    judged by `happened_at`, when the word of it came later than the thing itself; else by the clock, and where that was
    set within a day, by what it would show otherwise: whoever was in time stays so.
    Invalid: consent_unknown. Refused: held_elsewhere, window_not_open, window_over, resume_over, no_returns_left,
    ended.
    """
    given = list(consents)
    if unknown := [name for name in given if name not in arriving.CONSENTS]:
        raise Invalid("consent_unknown", _("Unknown consent."), consents=unknown)
    with transaction.atomic():
        interview, lease = locking.interview_and_lease(interview_id)
        if by is Party.CANDIDATE and interview.kind != InterviewKind.ROOM:
            raise Refused(
                "held_elsewhere",
                _("This interview is not held here. Please use the link of your invitation."),
            )
        if interview.state == InterviewState.IN_PROGRESS and _has_lapsed(interview):
            _interrupt(interview, lease, cause=None, announced=False, evidence={}, note="", by=Party.SYSTEM)
        now = timezone.now()
        facts: dict[str, Any] = {"attempt": interview.attempt, "epoch": lease.epoch + 1}
        announce = None
        if interview.state == InterviewState.SCHEDULED:
            if _is_before(interview.window_opens_at, happened_at):
                raise Refused(
                    "window_not_open",
                    _("The interview is not open yet."),
                    opens_at=interview.window_opens_at.isoformat(),
                )
            if _is_over(interview.window_closes_at, happened_at):
                raise Refused(
                    "window_over", _("The time for this interview is over. HR will help you with a new one.")
                )
            interview.enter(at=now)
            rule = getattr(interview.application.opening, "advance_rule", None)
            interview.threshold = rule.threshold if rule else None
            interview.rule_id = rule.version_id if rule else None
            announce = signals.interview_started
        elif interview.state == InterviewState.INTERRUPTED:
            if interview.resume_until is not None and _is_over(interview.resume_until, happened_at):
                raise Refused(
                    "resume_over", _("The time to return is over. HR will help you with a new one.")
                )
            if interview.announced_exits > MOST_ANNOUNCED_EXITS:
                raise Refused(
                    "no_returns_left",
                    _("This interview was left too many times to be continued. HR will contact you."),
                )
            interview.resume()
            facts["exit"] = _close_exit(interview, now)
            announce = signals.interview_resumed
        elif interview.state != InterviewState.IN_PROGRESS:
            raise Refused("ended", _("This interview has ended."), state=interview.state)
        interview.save(update_fields=["state", "started_at", "resume_until", "threshold", "rule"])
        arriving.record_consents(interview, given)
        arriving.remember_zone(interview, by, device or {})
        RoomEntry.objects.create(
            interview=interview,
            attempt=interview.attempt,
            epoch=lease.epoch + 1,
            device=arriving.device_summary(device),
        )
        Lease.objects.filter(pk=lease.pk).update(
            epoch=F("epoch") + 1, live=True, visible=True, is_leaving=False, in_outage=False,
            last_seen_at=Now(), expires_at=_lease_end(interview),
        )  # fmt: skip
        if announce is not None:
            signals_facts = {**facts, "device": arriving.device_summary(device)}
            announce.emit(subject=interview, facts=signals_facts, by=actor_label(by), is_held=True)
        return Entered(epoch=lease.epoch + 1, state=interview.state)


def _is_before(opens: datetime, happened_at: datetime | None) -> bool:
    if happened_at is not None:
        return happened_at < opens
    return timezone.now() < opens and wall.moments()[1] < opens


def _is_over(ends: datetime, happened_at: datetime | None) -> bool:
    if happened_at is not None:
        return happened_at >= ends
    return wall.is_past(ends)


def _lease_end(interview: Interview) -> Any:
    """Until when an interview that begins now counts as alive without another word."""
    if interview.kind == InterviewKind.ROOM:
        return Now() + LEASE_AT_ENTRY
    if interview.kind == InterviewKind.VENDOR:
        return Now() + LEASE_ELSEWHERE
    return max(interview.window_closes_at, timezone.now()) + LEASE_ELSEWHERE


def _has_lapsed(interview: Interview) -> bool:
    """Whether the lease ran out while we could hear: the same question that every list asks."""
    live_state = Interview.objects.with_live_state().values_list("live_state", flat=True).get(pk=interview.pk)
    return bool(live_state == InterviewState.INTERRUPTED)


def _close_exit(interview: Interview, at: datetime) -> int | None:
    exit_ = interview.exits.filter(attempt=interview.attempt, returned_at__isnull=True).first()
    if exit_ is None:
        return None
    exit_.returned_at = at
    exit_.save(update_fields=["returned_at"])
    return exit_.pk


def interrupt(
    *,
    interview_id: int,
    cause: str | None,
    evidence: dict[str, Any],
    by: Actor,
    announced: bool = False,
    note: str = "",
) -> Interview:
    """The candidate is gone: exit with cause and evidence, lease ended, return window opened, everybody told.

    `cause` None lets the lease's last signs decide. Refused: step_not_allowed when not in progress.
    """
    with reading_once(), transaction.atomic():
        interview, lease = locking.interview_and_lease(interview_id)
        if interview.state != InterviewState.IN_PROGRESS:
            raise Refused("step_not_allowed", _("This interview is not in progress."), state=interview.state)
        _interrupt(interview, lease, cause=cause, announced=announced, evidence=evidence, note=note, by=by)
        return interview


def _interrupt(
    interview: Interview,
    lease: Lease,
    *,
    cause: str | None,
    announced: bool,
    evidence: dict[str, Any],
    note: str,
    by: Actor,
    announce: bool = True,
) -> dict[str, Any]:
    """The step itself, on locked rows; returns the event's facts, for a caller that announces later."""
    exit_ = _broken_off(interview, lease, cause=cause, announced=announced, evidence=evidence, note=note)
    interview.save(update_fields=_BROKEN_OFF)
    exit_.save()
    Lease.objects.filter(pk=lease.pk).update(live=False)
    facts = _exit_facts(exit_)
    if announce:
        signals.interview_interrupted.emit(subject=interview, facts=facts, by=actor_label(by), is_held=True)
    return facts


_BROKEN_OFF = ("state", "interrupted_at", "resume_until", "announced_exits")


def _broken_off(
    interview: Interview,
    lease: Lease,
    *,
    cause: str | None = None,
    announced: bool = False,
    evidence: dict[str, Any] | None = None,
    note: str = "",
) -> InterviewExit:
    """The step on locked rows, in memory: the interview is interrupted; its exit, to be written with it."""
    now = timezone.now()
    progress.read(interview)
    saved_stages = interview.saved_stages
    lease.interview = interview
    interview.interrupt(at=now, resume_until=now + timedelta(hours=interview.version.resume_hours))
    if announced:
        interview.announced_exits += 1
    return InterviewExit(
        interview=interview,
        attempt=interview.attempt,
        cause=cause or lease.silent_cause,
        is_announced=announced,
        evidence={
            **(evidence or {}),
            "saved_stages": saved_stages,
            "last_sign_of_life": lease.last_seen_at.isoformat() if lease.last_seen_at else None,
            "page_was_visible": lease.visible,
            "page_was_closed": lease.is_leaving,
        },
        note=note[:500],
        left_at=now if announced or lease.last_seen_at is None else lease.last_seen_at,
    )


def _exit_facts(exit_: InterviewExit) -> dict[str, Any]:
    return {
        "attempt": exit_.attempt,
        "exit": exit_.pk,
        "cause": exit_.cause,
        "announced": exit_.is_announced,
        "saved_stages": exit_.evidence["saved_stages"],
    }


def interrupt_silent(lapsed: Sequence[Interview]) -> None:
    """Interviews in progress whose lease has run out, locked with it: each is an exit, and all of them one chain.

    One whose last open stage was taken out of the plan meanwhile is complete instead. The same statements for many as
    for one.
    """
    progress.read_ahead(lapsed)
    for interview in lapsed:
        progress.read(interview)
    left = [interview for interview in lapsed if not complete_if_finished(interview)]
    exits = [_broken_off(interview, interview.lease) for interview in left]
    save_stepped(left, _BROKEN_OFF)
    InterviewExit.objects.bulk_create(exits)
    Lease.objects.filter(pk__in=[interview.pk for interview in left]).update(live=False)
    happened = [(exit_.interview, _exit_facts(exit_)) for exit_ in exits]
    signals.interview_interrupted.emit_all(happened, by=actor_label(Party.SYSTEM), is_held=True)


def leave(*, interview_id: int, epoch: int, choice: str, cause: str, note: str, by: Actor) -> Interview:
    """The candidate's own word: leave (may return), give_up (ends the interview), withdraw (ends the application).

    Of an interview that already counts as interrupted, the cause and the words are added to that exit. Who withdraws
    from a running one interrupts nothing: cause and words go with the announcement that it is cancelled.
    Invalid: choice_unknown, cause_unknown. Refused: ended, stale_epoch, not_started.
    """
    if choice not in ("leave", "give_up", "withdraw"):
        raise Invalid("choice_unknown", _("Choose leave, give_up or withdraw."))
    if cause and cause not in ExitCause.announceable:
        raise Invalid("cause_unknown", _("Unknown cause."), causes=list(ExitCause.announceable))
    said = cause or ("" if choice == "leave" else ExitCause.UNWILLING)
    cause = said or ExitCause.UNKNOWN
    with reading_once(), transaction.atomic():
        if choice == "withdraw":
            own = Interview.objects.filter(pk=interview_id).values("application")
            locking.interviews(Q(application__in=own))
        interview, lease = locking.interview_and_lease(interview_id)
        require_open(interview, lease, epoch)
        facts = None
        if interview.state == InterviewState.IN_PROGRESS and choice != "withdraw":
            facts = _interrupt(
                interview,
                lease,
                cause=cause,
                announced=True,
                evidence={},
                note=note,
                by=by,
                announce=choice == "leave",
            )
        elif interview.state == InterviewState.INTERRUPTED:
            # What was noticed stands until the candidate says something else: silence is no cause.
            words = {name: value for name, value in (("cause", said), ("note", note[:500])) if value}
            if words:
                interview.exits.filter(attempt=interview.attempt, returned_at__isnull=True).update(**words)
        if choice == "give_up":
            interview.abandon()
            interview.save(update_fields=["state", "resume_until"])
            # Both are announced once both are done: nobody is told to return to what is over.
            if facts is not None:
                signals.interview_interrupted.emit(
                    subject=interview, facts=facts, by=actor_label(by), is_held=True
                )
            signals.interview_abandoned.emit(
                subject=interview,
                facts={"attempt": interview.attempt, "given_up": True},
                by=actor_label(by),
                is_held=True,
            )
        elif choice == "withdraw":
            # Announced after the application's end: what hangs on it must see that it ended, not that an interview was
            # called off. Cancelled before it, so that nobody else announces it without the candidate's own words.
            interview.stood_at = interview.state
            endings.cancel_silently(interview)
            applications.withdraw(application_id=interview.application_id, by=by)
            endings.announce_cancelled(interview, by=by, withdrawn=True, cause=cause, note=note[:500])
        return interview


def require_open(interview: Interview, lease: Lease, epoch: int) -> None:
    """Raise unless this page may write: the interview is under way or interrupted, and the page entered last."""
    if interview.state == InterviewState.SCHEDULED:
        raise Refused("not_started", _("The interview has not begun."))
    if interview.state not in (InterviewState.IN_PROGRESS, InterviewState.INTERRUPTED):
        raise Refused("ended", _("This interview has ended."), state=interview.state)
    if lease.epoch != epoch:
        raise Refused("stale_epoch", _("The interview was opened on another page."))


def announce_saved_stage(interview: Interview, stage: PlanStage) -> None:
    """Say that a stage of a locked interview has its checkpoint."""
    signals.stage_saved.emit(
        subject=interview,
        facts={"attempt": interview.attempt, "stage": stage.number, "saved_stages": interview.saved_stages},
        by=actor_label(Party.VENDOR if interview.kind == InterviewKind.VENDOR else Party.CANDIDATE),
    )


def complete_if_finished(interview: Interview) -> bool:
    """On a locked interview whose last checkpoint was just written: complete it, end the lease, announce."""
    if interview.saved_stages < interview.planned_stages:
        return False
    now = timezone.now()
    interview.exits.filter(attempt=interview.attempt, returned_at__isnull=True).update(returned_at=now)
    interview.complete(at=now)
    interview.save(update_fields=["state", "completed_at", "resume_until"])
    Lease.objects.filter(pk=interview.pk).update(live=False)
    signals.interview_completed.emit(
        subject=interview,
        facts={"attempt": interview.attempt},
        by=actor_label(Party.CANDIDATE),
        is_held=True,
    )
    return True


def correct_cause(*, exit_id: int, cause: str, by: Actor) -> InterviewExit:
    """HR learnt why: the corrected cause stands beside the noticed one. What is known already is not announced again.

    Invalid: cause_unknown.
    """
    require_recruiting(by, InterviewExit, exit_id)
    if cause not in ExitCause.values:
        raise Invalid("cause_unknown", _("Unknown cause."), causes=ExitCause.values)
    with transaction.atomic():
        exit_ = (
            InterviewExit.objects.select_for_update(of=("self",)).select_related("interview").get(pk=exit_id)
        )
        was = exit_.effective_cause
        if exit_.corrected_cause == cause:
            return exit_
        exit_.corrected_cause, exit_.corrected_by = cause, actor_user(by)
        exit_.save(update_fields=["corrected_cause", "corrected_by"])
        signals.exit_cause_corrected.emit(
            subject=exit_.interview,
            facts={"attempt": exit_.attempt, "cause": cause, "was": was},
            by=actor_label(by),
        )
        return exit_
