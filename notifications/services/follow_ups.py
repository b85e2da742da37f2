"""What a follow-up requires to be said: to who calls, to a colleague, to the lead, honestly to the candidate."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.events.models import Event
from messaging.kinds import family
from messaging.refs import Ref, ref
from messaging.services.deciding import Brief, Need
from notifications import audiences, facts
from notifications.enums import Audience
from notifications.kinds import follow_ups as kinds
from notifications.services.interviews import colleagues_due
from notifications.services.scene import Scene, is_asked_about
from people.colleagues import whom_to_turn_to
from recruitment.enums import ExitCause, FollowUpKind, FollowUpState
from recruitment.models import ContactAttempt, FollowUp, Interview
from recruitment.queries import contacts_of
from recruitment.services import untold

KINDS = {
    FollowUpKind.EXIT: kinds.FOLLOW_UP,
    FollowUpKind.ASKED: kinds.ASKED,
    FollowUpKind.CALL: kinds.CALL,
    FollowUpKind.DAY_OFF: kinds.DAY_OFF,
}


@dataclass(frozen=True, slots=True)
class Tries:
    """The calls since a follow-up was opened: the newest that reached the candidate, and the newest in vain."""

    reached: ContactAttempt | None = None
    tried: ContactAttempt | None = None


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief:
    """What a follow-up requires to be said; once it is closed, what waits is called off.

    Open: the assignee is told, of a silent exit only when it lasts. 20 hours gone: a colleague is asked. 24 hours
    gone: every lead is told, and the candidate that we are late. Once the candidate was reached nobody is asked to
    call and no candidate hears that we did not: the leads alone hear that it is still open.
    """
    follow_up = scene.follow_ups.get(event.subject_id)
    needs: list[Need] = []
    interview = None
    if follow_up is not None and follow_up.state != FollowUpState.CLOSED:
        interview = scene.interview(follow_up.interview_id)
        gather = _for_candidate if Audience.CANDIDATE in side else _for_staff
        needs = list(gather(follow_up, interview, _tries(follow_up)))
    return Brief(
        topic=Ref(event.subject_type, event.subject_id),
        needs=needs,
        kinds=family(kinds.FAMILY),
        audiences=side,
        reason="settled",
        origin=ref(interview) if interview else None,
        event=event,
    )


def _tries(follow_up: FollowUp) -> Tries:
    if not is_asked_about(follow_up):
        return Tries()
    tries = [one for one in contacts_of(follow_up.interview_id) if one.at >= follow_up.opened_at]
    return Tries(
        reached=next((one for one in tries if one.reached), None),
        tried=next((one for one in tries if not one.reached), None),
    )


def _context(follow_up: FollowUp, interview: Interview, tries: Tries) -> dict[str, Any]:
    cause = None
    if follow_up.exit is not None and follow_up.exit.effective_cause != ExitCause.UNKNOWN:
        cause = ExitCause(follow_up.exit.effective_cause).label
    return {
        **facts.of_interview(interview),
        "due_at": follow_up.due_at,
        "assignee": follow_up.assignee,
        "is_asked": follow_up.kind == FollowUpKind.ASKED,
        "is_call": follow_up.kind == FollowUpKind.CALL,
        # What reached the candidate on no channel: only a call for that speaks of it.
        "untold": cache(lambda: untold.not_told_of([interview.pk])),
        "note": follow_up.note,
        "cause": cause,
        "reached": tries.reached,
        "tried": tries.tried,
    }


def _for_staff(follow_up: FollowUp, interview: Interview, tries: Tries) -> Iterator[Need]:
    context = _context(follow_up, interview, tries)
    key = f"follow_up:{follow_up.pk}"
    if follow_up.state == FollowUpState.OPEN:
        yield Need(
            kind=KINDS[FollowUpKind(follow_up.kind)],
            audience=Audience.SPECIALIST,
            to=whom_to_turn_to(follow_up.assignee),
            key=key,
            context=context,
            due_at=colleagues_due(follow_up.exit, interview) if follow_up.exit else None,
        )
    if follow_up.lead_told_at is not None:
        for lead in audiences.leads():
            yield Need(kind=kinds.LATE, audience=Audience.LEAD, to=lead, key=key, context=context)
    elif _asks_colleague(follow_up) and tries.reached is None:
        colleague = audiences.colleague_of(follow_up.assignee)
        if colleague is not None:
            yield Need(
                kind=kinds.COLLEAGUE,
                audience=Audience.SPECIALIST,
                to=colleague,
                key=key,
                context=context,
            )


def _asks_colleague(follow_up: FollowUp) -> bool:
    """Whether a colleague is asked to help out; whoever claimed it since then has answered."""
    asked, claimed = follow_up.colleague_asked_at, follow_up.claimed_at
    return asked is not None and (claimed is None or claimed < asked)


def _for_candidate(follow_up: FollowUp, interview: Interview, tries: Tries) -> Iterator[Need]:
    # Nobody promised a call to whom no message reached, and nobody reaches them with an apology.
    promised = follow_up.kind not in (FollowUpKind.CALL, *FollowUpKind.unpromised)
    if promised and follow_up.lead_told_at is not None and tries.reached is None:
        yield Need(
            kind=kinds.LATE,
            audience=Audience.CANDIDATE,
            to=interview.application.candidate,
            key=f"follow_up:{follow_up.pk}",
            context=_context(follow_up, interview, tries),
        )
