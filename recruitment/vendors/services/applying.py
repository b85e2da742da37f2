"""What a report means for the interview: the same steps as in the room, in the order in which things happened."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from core.errors import DomainError, Invalid, Refused
from people.actors import Party
from recruitment.enums import ExitCause, InterviewState
from recruitment.evaluation.services import assessments, scoring
from recruitment.models import (
    Checkpoint,
    Competency,
    Interview,
    Lease,
    RubricScore,
    Stage,
    Vendor,
    VendorEvent,
    VendorInterview,
)  # fmt: skip
from recruitment.models.interviews import LEASE_ELSEWHERE
from recruitment.models.vendors import VendorEventState
from recruitment.services import interviews, locking
from recruitment.vendors.mappings import COMPLETED, EXITED, MAPPINGS, RESUMED, STAGE_DONE, STARTED

# How long a report waits for those that happened before it. Vendors retry for minutes; polling fills what is lost.
HIGHEST_STAGE = 100
WAIT_FOR_EARLIER = timedelta(hours=1)
_S = InterviewState
# The states in which a report can be applied now, and those in which it will never be again.
_FITS: dict[str, tuple[str, ...]] = {
    STARTED: (_S.SCHEDULED,),
    STAGE_DONE: (_S.IN_PROGRESS, _S.INTERRUPTED),
    EXITED: (_S.IN_PROGRESS,),
    RESUMED: (_S.INTERRUPTED,),
    COMPLETED: (_S.IN_PROGRESS, _S.INTERRUPTED),
}


def apply_waiting(*, vendor_id: int, reference: str) -> int:
    """Apply the reports of one interview that wait, by the time at which they happened; returns how many were settled.

    Under the interview's lock, so that two deliveries do not overtake each other. A report whose time has not come
    waits; one that later reports have made pointless is kept as overtaken. Of two at the same moment the one that fits
    comes first.
    """
    with transaction.atomic():
        link = VendorInterview.objects.select_related("vendor").get(vendor=vendor_id, reference=reference)
        locking.interview(link.interview_id)
        waiting = list(
            VendorEvent.objects.select_for_update()
            .filter(vendor=vendor_id, reference=reference, state=VendorEventState.WAITING)
            .order_by("occurred_at", "id")
        )
        left = [event for event in waiting if not _settle(link, event)]
        if 0 < len(left) < len(waiting):
            left = [event for event in left if not _settle(link, event)]
        return len(waiting) - len(left)


def _settle(link: VendorInterview, event: VendorEvent) -> bool:
    interview = Interview.objects.get(pk=link.interview_id)
    if event.kind == EXITED and _is_overtaken(event, interview):
        # Something that happened after this exit is applied already: the candidate was there again.
        return _close(event, VendorEventState.OVERTAKEN, f"state_{interview.state}")
    if interview.state in _FITS[event.kind]:
        try:
            with transaction.atomic():
                _take(link.vendor, interview, event)
        except (DomainError, TransitionNotAllowed) as error:
            code = getattr(error, "code", "step_not_allowed")
            if code == "stages_missing" and not _has_waited(event):
                return False
            return _close(event, VendorEventState.REFUSED, code)
        now = timezone.now()
        VendorInterview.objects.filter(pk=link.pk).update(heard_at=now)
        # A vendor's word is its sign of life.
        Lease.objects.filter(pk=interview.pk, live=True).update(
            expires_at=now + LEASE_ELSEWHERE, last_seen_at=now
        )
        return _close(event, VendorEventState.APPLIED, "")
    if event.kind == EXITED and interview.state == _S.INTERRUPTED and _explain(link.vendor, interview, event):
        return _close(event, VendorEventState.APPLIED, "")
    if _is_overtaken(event, interview):
        return _close(event, VendorEventState.OVERTAKEN, f"state_{interview.state}")
    if _has_waited(event):
        return _close(event, VendorEventState.REFUSED, f"state_{interview.state}")
    return False


def _explain(vendor: Vendor, interview: Interview, event: VendorEvent) -> bool:
    """We noticed the silence before the vendor told of the exit: its cause and evidence go to the exit that is open."""
    exit_ = interview.exits.filter(
        attempt=interview.attempt, returned_at__isnull=True, is_announced=False
    ).first()
    if exit_ is None or "report" in exit_.evidence:
        return False
    exit_.cause = _cause(vendor, event)
    exit_.evidence |= _evidence(vendor, event)
    exit_.save(update_fields=["cause", "evidence"])
    return True


def _cause(vendor: Vendor, event: VendorEvent) -> ExitCause:
    word = event.payload.get("cause")
    causes = MAPPINGS[vendor.mapping].causes
    return causes.get(word, ExitCause.UNKNOWN) if isinstance(word, str) else ExitCause.UNKNOWN


def _evidence(vendor: Vendor, event: VendorEvent) -> dict[str, str]:
    return {"vendor": vendor.code, "report": event.event_id}


def _is_overtaken(event: VendorEvent, interview: Interview) -> bool:
    """Whether something that happened later, not in the same moment, has been applied, or the interview is over."""
    if interview.state in (_S.COMPLETED, _S.CANCELLED, _S.ABANDONED):
        return True
    return VendorEvent.objects.filter(
        vendor=event.vendor_id,
        reference=event.reference,
        state=VendorEventState.APPLIED,
        occurred_at__gt=event.occurred_at,
    ).exists()


def _has_waited(event: VendorEvent) -> bool:
    return event.received_at <= timezone.now() - WAIT_FOR_EARLIER


def _close(event: VendorEvent, state: VendorEventState, code: str) -> bool:
    event.state, event.code, event.settled_at = state, code, timezone.now()
    event.save(update_fields=["state", "code", "settled_at"])
    return True


def _take(vendor: Vendor, interview: Interview, event: VendorEvent) -> None:
    if event.kind in (STARTED, RESUMED):
        interviews.enter(interview_id=interview.pk, by=Party.VENDOR, happened_at=event.occurred_at)
    elif event.kind == EXITED:
        interviews.interrupt(
            interview_id=interview.pk,
            cause=_cause(vendor, event),
            evidence=_evidence(vendor, event),
            by=Party.VENDOR,
            announced=event.payload.get("announced") is True,
        )
    elif event.kind == STAGE_DONE:
        save_stage(vendor, interview, event.payload)
    else:
        stages = event.payload.get("stages") or []
        if not isinstance(stages, list):
            raise Invalid("stage_unknown")
        for stage in stages:
            save_stage(vendor, interview, stage)
        finish(interview)


def save_stage(vendor: Vendor, interview: Interview, report: Any) -> None:
    """A stage that the vendor held: checkpoint and scores, then the reports of ours that follow.

    Invalid: stage_unknown, score_unreadable. A stage saved already stays as it is.
    """
    number = report.get("stage") if isinstance(report, dict) else None
    stage = None
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= HIGHEST_STAGE:
        stage = Stage.objects.filter(version=interview.version_id, number=number).first()
    if stage is None:
        raise Invalid("stage_unknown")
    now = timezone.now()
    checkpoint, is_new = Checkpoint.objects.get_or_create(
        interview=interview,
        attempt=interview.attempt,
        stage=stage,
        defaults={"saved_at": now, "scored_at": now},
    )
    if is_new:
        RubricScore.objects.bulk_create(_scores(vendor, checkpoint, report.get("scores")))
        interviews.announce_saved_stage(interview, stage)
        assessments.align(interview_id=interview.pk)


def _scores(vendor: Vendor, checkpoint: Checkpoint, scores: Any) -> list[RubricScore]:
    if not isinstance(scores, list):
        return []
    mapping = MAPPINGS[vendor.mapping]
    ours = {row.code: row for row in Competency.objects.filter(code__in=set(mapping.competencies.values()))}
    rows: dict[int, RubricScore] = {}
    for score in scores:
        if not isinstance(score, dict) or not isinstance(score.get("competency"), str):
            raise Invalid("score_unreadable")
        competency = ours.get(mapping.competencies.get(score["competency"], ""))
        if competency is not None:
            rows[competency.pk] = RubricScore(
                checkpoint=checkpoint,
                competency=competency,
                value=_percent(score.get("value"), mapping.highest_score),
                method=f"vendor:{vendor.code}",
                evidence=[],
            )
    return list(rows.values())


def _percent(value: Any, highest: Decimal) -> Decimal:
    try:
        number = Decimal(str(value))
        if not isinstance(value, bool) and number.is_finite() and 0 <= number <= highest:
            return (number * 100 / highest).quantize(Decimal("0.01"))
    except InvalidOperation:
        pass
    raise Invalid("score_unreadable")


def finish(interview: Interview) -> None:
    """The vendor says that it is over; what it did not score is left to a person.

    Refused: stages_missing, which waits for the stages that are on their way.
    """
    locked = locking.interview(interview.pk)
    if locked.saved_stages >= locked.planned_stages:
        scoring.leave_rest_to_person(locked)
    if not interviews.complete_if_finished(locked):
        raise Refused("stages_missing")
    assessments.align(interview_id=interview.pk)
