"""The steps of an interview as people and processes take them: lock, right, step, save, announce."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from hrsuite.errors import Forbidden, Invalid, Refused
from hrsuite.events import effect
from people.actors import Actor, Party, actor_label, actor_user, require_hr
from people.calendar import add_working_days, require_known_year
from recruitment import signals
from recruitment.enums import ExitCause, InterviewKind, InterviewState, Stage
from recruitment.models import (
    Answer,
    Checkpoint,
    Consent,
    ContactAttempt,
    Interview,
    InterviewExit,
    Lease,
    RoomEntry,
    RoomLink,
    RubricScore,
)  # fmt: skip
from recruitment.models import Stage as PlanStage
from recruitment.services import applications, links, locking

# Exits that the candidate announced; one more cannot be resumed. Silent ones do not count: nobody chooses them.
MOST_ANNOUNCED_EXITS = 5
SCORING_WORKING_DAYS = 1
CANDIDATE_MAY_RESCHEDULE = 2
CANDIDATE_RESCHEDULES_WITHIN = timedelta(days=14)
LONGEST_WINDOW = timedelta(days=90)
CONSENTS = ("recording", "ai_evaluation")
CONSENT_VERSION = "2026-11"
LEASE_AT_ENTRY = timedelta(seconds=30)
# A vendor or an interviewer tells us now and then, not every ten seconds.
LEASE_ELSEWHERE = timedelta(hours=2)


@dataclass(frozen=True)
class Entered:
    """What a page needs after entering: the epoch for its writes, and the state."""

    epoch: int
    state: str


def schedule(
    *,
    application_id: int,
    opens_at: datetime,
    closes_at: datetime,
    by: Actor,
    kind: str = InterviewKind.ROOM,
    round: int = 1,  # noqa: A002 -- the field's own name
) -> Interview:
    """Give an application its interview: row, lease, announcement.

    Invalid: window_without_length, window_in_the_past, window_too_long, calendar_year_missing, plan_without_questions.
    Refused: interview_exists, application_ended.
    """
    require_hr(by)
    with transaction.atomic():
        application = locking.application(application_id)
        if application.stage in Stage.ended:
            raise Refused("application_ended", _("This application has ended."))
        if Interview.objects.filter(application=application, round=round).exists():
            raise Refused(
                "interview_exists", _("This round already has its interview: reschedule it instead.")
            )
        plan = application.opening.interview_plan
        if not plan.stages.exists() or plan.stages.filter(questions__isnull=True).exists():
            raise Invalid("plan_without_questions", _("Every stage of the interview plan needs a question."))
        interview = Interview.objects.create(
            application=application,
            plan=plan,
            kind=kind,
            round=round,
            window_opens_at=opens_at,
            window_closes_at=closes_at,
            expected_result=_result_of(opens_at, closes_at),
        )
        Lease.objects.create(interview=interview)
        signals.interview_scheduled.emit(subject=interview, facts={"attempt": 1}, by=actor_label(by))
        return interview


def _result_of(opens_at: datetime, closes_at: datetime) -> Any:
    """Check a window that somebody typed, and say on which day its result is expected."""
    if closes_at <= opens_at:
        raise Invalid("window_without_length", _("The window must close after it opens."))
    if closes_at <= timezone.now():
        raise Invalid("window_in_the_past", _("The window must close in the future."))
    if closes_at - opens_at > LONGEST_WINDOW:
        raise Invalid("window_too_long", _("A window lasts 90 days at most."))
    closing_day = timezone.localdate(closes_at)
    require_known_year(closing_day)
    return add_working_days(closing_day, SCORING_WORKING_DAYS).date


def enter(
    *, interview_id: int, by: Actor, consents: Iterable[str] = (), device: dict[str, Any] | None = None
) -> Entered:
    """Start, resume or take over; the epoch always grows, so that an older page is stale from here on.

    A lease that ran out unnoticed is an exit first: it is recorded before the return.
    Invalid: consent_unknown. Refused: held_elsewhere, window_not_open, window_over, resume_over, no_returns_left,
    ended.
    """
    given = list(consents)
    if unknown := [name for name in given if name not in CONSENTS]:
        raise Invalid("consent_unknown", _("Unknown consent."), consents=unknown)
    with transaction.atomic():
        interview = locking.interview(interview_id)
        lease = locking.lease(interview_id)
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
            if now < interview.window_opens_at:
                raise Refused(
                    "window_not_open",
                    _("The interview is not open yet."),
                    opens_at=interview.window_opens_at.isoformat(),
                )
            if now >= interview.window_closes_at:
                raise Refused(
                    "window_over", _("The time for this interview is over. HR will help you with a new one.")
                )
            interview.enter(at=now)
            announce = signals.interview_started
        elif interview.state == InterviewState.INTERRUPTED:
            if interview.resume_until is not None and now >= interview.resume_until:
                raise Refused(
                    "resume_over", _("The time to return is over. HR will help you with a new one.")
                )
            if interview.announced_exits > MOST_ANNOUNCED_EXITS:
                raise Refused(
                    "no_returns_left",
                    _("This interview was left too often to continue. HR will contact you."),
                )
            interview.resume()
            facts["exit"] = _close_exit(interview, now)
            announce = signals.interview_resumed
        elif interview.state != InterviewState.IN_PROGRESS:
            raise Refused("ended", _("This interview has ended."), state=interview.state)
        interview.save(update_fields=["state", "started_at", "resume_until"])
        _record_consents(interview, given)
        RoomEntry.objects.create(
            interview=interview,
            attempt=interview.attempt,
            epoch=lease.epoch + 1,
            device=_device_summary(device),
        )
        Lease.objects.filter(pk=lease.pk).update(
            epoch=F("epoch") + 1, live=True, visible=True, is_leaving=False, in_outage=False,
            last_seen_at=Now(), expires_at=_lease_end(interview),
        )  # fmt: skip
        if announce is not None:
            signals_facts = {**facts, "device": _device_summary(device)}
            announce.emit(subject=interview, facts=signals_facts, by=actor_label(by))
        return Entered(epoch=lease.epoch + 1, state=interview.state)


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


def _device_summary(device: dict[str, Any] | None) -> dict[str, str]:
    """The few words about the device that help a specialist; never more than a page may say about itself."""
    known = ("platform", "browser", "network", "width")
    return {key: str(device[key])[:60].replace("\x00", "") for key in known if device and key in device}


def _record_consents(interview: Interview, given: list[str]) -> None:
    """Write what was agreed to at the start, and later; coming back without a word withdraws nothing."""
    known = {row.kind: row.given for row in interview.consents.filter(attempt=interview.attempt)}
    Consent.objects.bulk_create(
        Consent(
            interview=interview,
            attempt=interview.attempt,
            kind=kind,
            version=CONSENT_VERSION,
            given=kind in given,
        )
        for kind in CONSENTS
        if kind not in known or (kind in given and not known[kind])
    )


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
    with transaction.atomic():
        interview = locking.interview(interview_id)
        if interview.state != InterviewState.IN_PROGRESS:
            raise Refused("step_not_allowed", _("This interview is not in progress."), state=interview.state)
        lease = locking.lease(interview_id)
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
    now = timezone.now()
    saved_stages = interview.saved_stages
    interview.interrupt(at=now, resume_until=now + timedelta(hours=interview.plan.resume_hours))
    if announced:
        interview.announced_exits += 1
    interview.save(update_fields=["state", "interrupted_at", "resume_until", "announced_exits"])
    exit_ = InterviewExit.objects.create(
        interview=interview,
        attempt=interview.attempt,
        cause=cause or lease.silent_cause,
        is_announced=announced,
        evidence={
            **evidence,
            "saved_stages": saved_stages,
            "last_sign_of_life": lease.last_seen_at.isoformat() if lease.last_seen_at else None,
            "page_was_visible": lease.visible,
            "page_was_closed": lease.is_leaving,
        },
        note=note[:500],
        left_at=now if announced or lease.last_seen_at is None else lease.last_seen_at,
    )
    Lease.objects.filter(pk=lease.pk).update(live=False)
    facts = {
        "attempt": interview.attempt,
        "exit": exit_.pk,
        "cause": exit_.cause,
        "announced": announced,
        "saved_stages": saved_stages,
    }
    if announce:
        signals.interview_interrupted.emit(subject=interview, facts=facts, by=actor_label(by))
    return facts


def leave(*, interview_id: int, epoch: int, choice: str, cause: str, note: str, by: Actor) -> Interview:
    """The candidate's own word: leave (may return), give_up (ends the interview), withdraw (ends the application).

    Of an interview that already counts as interrupted, `leave` adds the cause and the words to that exit.
    Invalid: choice_unknown, cause_unknown. Refused: ended, stale_epoch, not_started.
    """
    if choice not in ("leave", "give_up", "withdraw"):
        raise Invalid("choice_unknown", _("Choose leave, give_up or withdraw."))
    if cause and cause not in ExitCause.announceable:
        raise Invalid("cause_unknown", _("Unknown cause."), causes=list(ExitCause.announceable))
    cause = cause or (ExitCause.UNKNOWN if choice == "leave" else ExitCause.UNWILLING)
    with transaction.atomic():
        interview = locking.interview(interview_id)
        lease = locking.lease(interview_id)
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
            interview.exits.filter(attempt=interview.attempt, returned_at__isnull=True).update(
                cause=cause, note=note[:500]
            )
        if choice == "give_up":
            interview.abandon()
            interview.save(update_fields=["state", "resume_until"])
            # Both are announced once both are done: nobody is told to return to what is over.
            if facts is not None:
                signals.interview_interrupted.emit(subject=interview, facts=facts, by=actor_label(by))
            signals.interview_abandoned.emit(
                subject=interview, facts={"attempt": interview.attempt, "given_up": True}, by=actor_label(by)
            )
        elif choice == "withdraw":
            # The application first: what hangs on it must see that it ended, not that an interview was called off.
            applications.withdraw(application_id=interview.application_id, by=by)
            interview = locking.interview(interview_id)
            if interview.state in InterviewState.running:
                _cancel(interview, by=by, withdrawn=True)
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
    _close_exit(interview, now)
    interview.complete(at=now)
    interview.save(update_fields=["state", "completed_at", "resume_until"])
    Lease.objects.filter(pk=interview.pk).update(live=False)
    signals.interview_completed.emit(
        subject=interview, facts={"attempt": interview.attempt}, by=actor_label(Party.CANDIDATE)
    )
    return True


def abandon_ended(*, interview_id: int, by: Actor = Party.SYSTEM) -> bool:
    """The time to return is over: abandon, but only when somebody reached or tried to reach the candidate.

    Otherwise the interview stays interrupted, red in the queue, and the watch escalates. Returns whether it moved.
    """
    with transaction.atomic():
        interview = locking.interview(interview_id)
        over = interview.resume_until is not None and interview.resume_until <= timezone.now()
        if interview.state != InterviewState.INTERRUPTED or not over:
            return False
        tried = ContactAttempt.objects.filter(
            follow_up__interview=interview, attempt=interview.attempt
        ).exists()
        if not tried:
            return False
        interview.abandon()
        interview.save(update_fields=["state", "resume_until"])
        signals.interview_abandoned.emit(
            subject=interview, facts={"attempt": interview.attempt, "given_up": False}, by=actor_label(by)
        )
        return True


def miss(*, interview_id: int, by: Actor = Party.SYSTEM) -> bool:
    """The window ended and nobody came. Returns whether it moved."""
    with transaction.atomic():
        interview = locking.interview(interview_id)
        if interview.state != InterviewState.SCHEDULED or interview.window_closes_at > timezone.now():
            return False
        interview.miss()
        interview.save(update_fields=["state"])
        signals.interview_missed.emit(
            subject=interview, facts={"attempt": interview.attempt}, by=actor_label(by)
        )
        return True


def cancel(*, interview_id: int, by: Actor) -> Interview:
    """HR calls the interview off: reports withdrawn, delays lifted, follow-ups closed, candidate told."""
    require_hr(by)
    with transaction.atomic():
        interview = locking.interview(interview_id)
        locking.lease(interview_id)
        _cancel(interview, by=by, withdrawn=False)
        return interview


def cancel_of_ended_application(*, application_id: int) -> None:
    """Bring the interviews to an application that has ended: what could still be taken is cancelled."""
    with transaction.atomic():
        running = Interview.objects.filter(
            application_id=application_id,
            application__stage__in=Stage.ended,
            state__in=InterviewState.running,
        )
        for interview_id in list(running.order_by("pk").values_list("pk", flat=True)):
            interview = locking.interview(interview_id)
            locking.lease(interview_id)
            if interview.state in InterviewState.running:
                _cancel(interview, by=Party.SYSTEM, withdrawn=interview.application.stage == Stage.WITHDRAWN)
                effect(interview, gettext_noop("Interview cancelled"))


def _cancel(interview: Interview, *, by: Actor, withdrawn: bool) -> None:
    interview.cancel()
    interview.save(update_fields=["state", "resume_until"])
    Lease.objects.filter(pk=interview.pk).update(live=False)
    signals.interview_cancelled.emit(
        subject=interview, facts={"attempt": interview.attempt, "withdrawn": withdrawn}, by=actor_label(by)
    )


def reschedule(
    *, interview_id: int, opens_at: datetime, closes_at: datetime, by: Actor, keep_checkpoints: bool = True
) -> Interview:
    """Give a new window. A new attempt, unless the old one had not begun; its saved stages come along.

    HR may always; the candidate twice, within 14 days. Invalid: as for schedule. Forbidden: not_permitted,
    reschedules_used_up, reschedule_too_far.
    """
    with transaction.atomic():
        interview = locking.interview(interview_id)
        locking.lease(interview_id)
        _require_may_reschedule(interview, closes_at=closes_at, by=by)
        _result_of(opens_at, closes_at)
        previous, begun = interview.attempt, interview.state != InterviewState.SCHEDULED
        interview.reschedule(opens_at=opens_at, closes_at=closes_at)
        if begun:
            interview.attempt += 1
            interview.announced_exits = 0
        if by is Party.CANDIDATE:
            interview.rescheduled_by_candidate += 1
        interview.save()
        kept = _carry_over(interview, previous) if begun and keep_checkpoints else 0
        Lease.objects.filter(pk=interview.pk).update(live=False, epoch=F("epoch") + 1)
        RoomLink.objects.filter(interview=interview, revoked_at__isnull=True).update(
            expires_at=links.default_expiry(interview)
        )
        signals.interview_rescheduled.emit(
            subject=interview,
            facts={
                "attempt": interview.attempt,
                "previous_attempt": previous,
                "new_attempt": begun,
                "by_candidate": by is Party.CANDIDATE,
                "kept_stages": kept,
            },
            by=actor_label(by),
        )
        return interview


def _require_may_reschedule(interview: Interview, *, closes_at: datetime, by: Actor) -> None:
    if by is not Party.CANDIDATE:
        require_hr(by)
        return
    if interview.rescheduled_by_candidate >= CANDIDATE_MAY_RESCHEDULE:
        raise Forbidden(
            "reschedules_used_up", _("You have moved this interview twice. Please ask HR for a new time.")
        )
    if closes_at > timezone.now() + CANDIDATE_RESCHEDULES_WITHIN:
        raise Forbidden("reschedule_too_far", _("Please choose a time within the next 14 days, or ask HR."))


def _carry_over(interview: Interview, previous: int) -> int:
    """Copy the saved stages of the previous attempt, with their answers and scores, into the present one."""
    checkpoints = list(interview.checkpoints.filter(attempt=previous).prefetch_related("scores"))
    stage_ids = [checkpoint.stage_id for checkpoint in checkpoints]
    answers = interview.answers.filter(attempt=previous, question__stage__in=stage_ids)
    Answer.objects.bulk_create(
        Answer(
            interview=interview, attempt=interview.attempt, question_id=answer.question_id,
            revision=answer.revision, text=answer.text, finished_at=answer.finished_at,
            media=answer.media, kept_from_id=answer.kept_from_id or (answer.pk if answer.media else None),
        )
        for answer in answers
    )  # fmt: skip
    copies = Checkpoint.objects.bulk_create(
        Checkpoint(
            interview=interview, attempt=interview.attempt, stage_id=checkpoint.stage_id,
            saved_at=checkpoint.saved_at, scored_at=checkpoint.scored_at, kept_from_attempt=previous,
        )
        for checkpoint in checkpoints
    )  # fmt: skip
    RubricScore.objects.bulk_create(
        RubricScore(
            checkpoint=copy, competency_id=score.competency_id, value=score.value, method=score.method,
            evidence=score.evidence, override=score.override, override_reason=score.override_reason,
            overridden_by_id=score.overridden_by_id, overridden_at=score.overridden_at,
        )
        for checkpoint, copy in zip(checkpoints, copies, strict=True)
        for score in checkpoint.scores.all()
    )  # fmt: skip
    return len(copies)


def correct_cause(*, exit_id: int, cause: str, by: Actor) -> InterviewExit:
    """HR learnt why: the corrected cause stands beside the noticed one. Invalid: cause_unknown."""
    require_hr(by)
    if cause not in ExitCause.values:
        raise Invalid("cause_unknown", _("Unknown cause."), causes=ExitCause.values)
    with transaction.atomic():
        exit_ = (
            InterviewExit.objects.select_for_update(of=("self",)).select_related("interview").get(pk=exit_id)
        )
        was = exit_.effective_cause
        exit_.corrected_cause, exit_.corrected_by = cause, actor_user(by)
        exit_.save(update_fields=["corrected_cause", "corrected_by"])
        signals.exit_cause_corrected.emit(
            subject=exit_.interview,
            facts={"attempt": exit_.attempt, "cause": cause, "was": was},
            by=actor_label(by),
        )
        return exit_
