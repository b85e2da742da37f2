"""What a start date that moves requires to be said: the new date and its cause, and when it is back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from core.events.models import Event
from messaging.enums import MessageState
from messaging.kinds import family
from messaging.models import Message
from messaging.refs import Ref, ref
from messaging.services.deciding import Brief, Need
from notifications import audiences, facts
from notifications.audiences import CANDIDATE, Person
from notifications.enums import Audience
from notifications.kinds import starts as kinds
from notifications.services.interviews import colleagues_due
from notifications.services.scene import Scene
from people.enums import Role
from recruitment.enums import ExitCause, InterviewState
from recruitment.models import Interview


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief:
    """What a case's present forecast requires to be said; only the newest move is told.

    The candidate hears of it once an offer named a first day: before, it is the house's own plan, and would read like
    a promise. What an earlier move left unsent is called off. "Restored" goes to those who heard that it had changed.
    After a silent exit everybody hears only when it lasts.
    """
    case = scene.cases[event.subject_id]
    topic = ref(case)
    needs: list[Need] = []
    interview = None
    if case.last_move is not None and case.is_running:
        origin = Ref(case.last_move["origin_type"], case.last_move["origin_id"])
        interview = scene.interview_behind(case.application_id, origin)
        needs = list(_needs(case, interview, side)) if interview else []
    if any(need.kind is kinds.RESTORED for need in needs):
        heard = _heard(scene.ledger.about(topic), side, case.last_move["id"])
        needs = [need for need in needs if (need.audience, need.to.pk) in heard]
    return Brief(
        topic=topic,
        needs=needs,
        kinds=family(kinds.FAMILY),
        audiences=side,
        origin=ref(interview) if interview else None,
        event=event,
        only_future=side != CANDIDATE,
    )


def _needs(case: Any, interview: Interview, side: frozenset[Audience]) -> Iterator[Need]:
    context = _context(case, interview)
    changed = case.forecast_start > case.planned_start or case.is_date_unknown
    kind = kinds.CHANGED if changed else kinds.RESTORED
    due_at = _due_at(interview) if changed else None
    for audience, person in _people(case, interview, side):
        yield Need(
            kind=kind,
            audience=audience,
            to=person,
            key=f"case:{case.pk}:event-{case.last_move['id']}",
            context={**context, audience.value: person},
            due_at=due_at,
        )


def _heard(rows: list[Message], side: frozenset[Audience], move: int) -> set[tuple[str, int | None]]:
    """Whose last word on this start, before this move, is that it changed, as (audience, person).

    What waits still and is called off by this very move was not heard.
    """
    codes, now = family(kinds.FAMILY), timezone.now()
    last = {
        (row.audience, row.user_id or row.addressee_id): row.kind
        for row in rows
        if row.kind in codes
        and f":event-{move}:" not in row.idem_key
        and (
            row.state in MessageState.told
            or (side != CANDIDATE and row.state == MessageState.PLANNED and row.due_at <= now)
        )
    }
    return {who for who, kind in last.items() if kind == kinds.CHANGED.code}


def _people(case: Any, interview: Interview, side: frozenset[Audience]) -> Iterator[tuple[Audience, Person]]:
    application = interview.application
    if Audience.CANDIDATE in side:
        if case.is_offered:
            yield Audience.CANDIDATE, application.candidate
        return
    department = application.opening.department
    colleague = audiences.holder(Role.ONBOARDING, department)
    if colleague is not None:
        yield Audience.ONBOARDING, colleague
    manager = audiences.manager(department)
    if manager is not None:
        yield Audience.MANAGER, manager


def _due_at(interview: Interview) -> datetime | None:
    if interview.state != InterviewState.INTERRUPTED:
        return None
    exit_ = facts.last_exit(interview)
    return colleagues_due(exit_, interview) if exit_ is not None else None


def _context(case: Any, interview: Interview) -> dict[str, Any]:
    longest = case.longest
    # Of who did not come the state says it all.
    known = longest is not None and longest["cause"] not in (ExitCause.UNKNOWN, ExitCause.NO_SHOW)
    return {
        **facts.of_interview(interview),
        "planned": case.planned_start,
        "forecast": case.forecast_start,
        "days": longest["days"] if longest else 0,
        "moved": interview.state == InterviewState.SCHEDULED,
        "date_unknown": case.is_date_unknown,
        "cause": ExitCause(longest["cause"]).label if known else None,
        # Counted by the present calendar just now, whatever is still being counted again.
        "provisional": bool(case.provisional_years),
        "case_url": facts.case_url(case.pk),
    }
