"""What a follow-up requires to be said: to who calls, to a colleague, to the lead, honestly to the candidate."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from hrsuite.events.models import Event
from notifications import audiences, facts
from notifications.enums import Audience, Kind
from notifications.models import Message
from notifications.services import messages
from notifications.services.interviews import colleagues_due
from notifications.services.messages import Need
from recruitment.enums import ExitCause, FollowUpKind, FollowUpState
from recruitment.models import FollowUp, Interview

KINDS = (Kind.FOLLOW_UP, Kind.ASKED, Kind.FOLLOW_UP_COLLEAGUE, Kind.FOLLOW_UP_LATE)


def tell(*, follow_up_id: int, side: frozenset[Audience], event: Event | None = None) -> list[Message]:
    """Bring the messages about a follow-up to what it requires now; once it is closed, what waits is called off.

    Open: the assignee is told, of a silent exit only when it lasts. 20 hours gone: a colleague is asked. 24 hours
    gone: every lead is told, and the candidate that we are late. Returns the new messages.
    """
    with transaction.atomic(savepoint=False):
        follow_up = FollowUp.objects.select_related("assignee", "exit").get(pk=follow_up_id)
        interview = facts.interviews().get(pk=follow_up.interview_id)
        needs: list[Need] = []
        if follow_up.state != FollowUpState.CLOSED:
            gather = _for_candidate if Audience.CANDIDATE in side else _for_staff
            needs = list(gather(follow_up, interview))
        return messages.bring(
            needs,
            topic=f"follow_up:{follow_up.pk}",
            kinds=KINDS,
            audiences=side,
            reason="settled",
            interview=interview,
            event=event,
        )


def _context(follow_up: FollowUp, interview: Interview) -> dict[str, Any]:
    cause = None
    if follow_up.exit is not None and follow_up.exit.effective_cause != ExitCause.UNKNOWN:
        cause = ExitCause(follow_up.exit.effective_cause).label
    return {
        **facts.of_interview(interview),
        "due_at": follow_up.due_at,
        "assignee": follow_up.assignee,
        "is_asked": follow_up.kind == FollowUpKind.ASKED,
        "note": follow_up.note,
        "cause": cause,
    }


def _for_staff(follow_up: FollowUp, interview: Interview) -> Iterator[Need]:
    context = _context(follow_up, interview)
    key = f"follow_up:{follow_up.pk}"
    asked = follow_up.kind == FollowUpKind.ASKED
    if follow_up.state == FollowUpState.OPEN:
        yield Need(
            kind=Kind.ASKED if asked else Kind.FOLLOW_UP,
            audience=Audience.SPECIALIST,
            to=follow_up.assignee,
            key=key,
            context=context,
            due_at=colleagues_due(follow_up.exit, interview) if follow_up.exit else None,
        )
    if follow_up.lead_told_at is not None:
        for lead in audiences.leads():
            yield Need(kind=Kind.FOLLOW_UP_LATE, audience=Audience.LEAD, to=lead, key=key, context=context)
    elif follow_up.colleague_asked_at is not None:
        colleague = audiences.colleague_of(follow_up.assignee)
        if colleague is not None:
            yield Need(
                kind=Kind.FOLLOW_UP_COLLEAGUE,
                audience=Audience.SPECIALIST,
                to=colleague,
                key=key,
                context=context,
            )


def _for_candidate(follow_up: FollowUp, interview: Interview) -> Iterator[Need]:
    if follow_up.lead_told_at is not None:
        yield Need(
            kind=Kind.FOLLOW_UP_LATE,
            audience=Audience.CANDIDATE,
            to=interview.application.candidate,
            key=f"follow_up:{follow_up.pk}",
            context=_context(follow_up, interview),
        )
