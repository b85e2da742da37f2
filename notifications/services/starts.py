"""What a start date that moves requires to be said: the new date and its cause, and when it is back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.events.models import Event
from messaging.enums import MessageState
from messaging.kinds import family
from messaging.models import Message
from messaging.refs import Ref, ref
from messaging.services import messages
from messaging.services.messages import Need
from notifications import audiences, facts
from notifications.audiences import CANDIDATE, Person
from notifications.enums import Audience
from notifications.kinds import starts as kinds
from notifications.services.interviews import colleagues_due
from onboarding import signals
from onboarding.models import OnboardingCase
from people.enums import Role
from recruitment.enums import ExitCause, InterviewState
from recruitment.models import Interview

MOVES = (signals.start_forecast_changed.kind, signals.start_forecast_restored.kind)


def tell(*, case_id: int, side: frozenset[Audience], event: Event | None = None) -> list[Message]:
    """Bring the messages about a case's start to its present forecast; only the newest move is told.

    What an earlier move left unsent is called off. "Restored" goes to those who heard that it had changed. After a
    silent exit everybody hears only when it lasts. Returns the new messages.
    """
    with transaction.atomic(savepoint=False):
        case = OnboardingCase.objects.select_for_update(no_key=True, of=("self",)).get(pk=case_id)
        last = _last_move(case)
        topic = ref(case)
        needs: list[Need] = []
        interview = None
        if last is not None and case.is_running:
            interview = facts.interview_behind(case.application_id, last)
            needs = list(_needs(case, interview, last, side)) if interview else []
        if last is not None and any(need.kind is kinds.RESTORED for need in needs):
            heard = _heard(topic, side, last)
            needs = [need for need in needs if (need.audience, need.to.pk) in heard]
        return messages.bring(
            needs,
            topic=topic,
            kinds=family(kinds.FAMILY),
            audiences=side,
            reason="overtaken",
            origin=ref(interview) if interview else None,
            event=event,
            only_future=side != CANDIDATE,
        )


def _last_move(case: OnboardingCase) -> Event | None:
    return (
        Event.objects.filter(subject_type=case._meta.label_lower, subject_id=case.pk, kind__in=MOVES)
        .order_by("-id")
        .first()
    )


def _needs(
    case: OnboardingCase, interview: Interview, move: Event, side: frozenset[Audience]
) -> Iterator[Need]:
    context = _context(case, interview)
    changed = case.forecast_start > case.planned_start or context["date_unknown"]
    kind = kinds.CHANGED if changed else kinds.RESTORED
    due_at = _due_at(interview) if changed else None
    for audience, person in _people(interview, side):
        yield Need(
            kind=kind,
            audience=audience,
            to=person,
            key=f"case:{case.pk}:event-{move.pk}",
            context={**context, audience.value: person},
            due_at=due_at,
        )


def _heard(topic: Ref, side: frozenset[Audience], move: Event) -> set[tuple[str, int | None]]:
    """Whose last word on this start, before this move, is that it changed, as (audience, person).

    What waits still and is called off by this very move was not heard.
    """
    heard = Q(state__in=MessageState.told)
    if side != CANDIDATE:
        heard |= Q(state=MessageState.PLANNED, due_at__lte=timezone.now())
    before = (
        Message.objects.about(topic)
        .filter(heard, kind__in=family(kinds.FAMILY))
        .exclude(idem_key__contains=f":event-{move.pk}:")
    )
    last = {
        (audience, user or addressee): kind
        for audience, user, addressee, kind in before.order_by("id").values_list(
            "audience", "user", "addressee_id", "kind"
        )
    }
    return {who for who, kind in last.items() if kind == kinds.CHANGED.code}


def _people(interview: Interview, side: frozenset[Audience]) -> Iterator[tuple[Audience, Person]]:
    application = interview.application
    if Audience.CANDIDATE in side:
        yield Audience.CANDIDATE, application.candidate
        return
    colleague = audiences.holder(Role.ONBOARDING)
    if colleague is not None:
        yield Audience.ONBOARDING, colleague
    manager = audiences.manager(application.opening.department)
    if manager is not None:
        yield Audience.MANAGER, manager


def _due_at(interview: Interview) -> datetime | None:
    exit_ = facts.last_exit(interview)
    if interview.state != InterviewState.INTERRUPTED or exit_ is None:
        return None
    return colleagues_due(exit_, interview)


def _context(case: OnboardingCase, interview: Interview) -> dict[str, Any]:
    delays = sorted(case.delays.active(), key=lambda delay: delay.days)
    longest = delays[-1] if delays else None
    # Of who did not come the state says it all.
    known = longest is not None and longest.cause not in (ExitCause.UNKNOWN, ExitCause.NO_SHOW)
    return {
        **facts.of_interview(interview),
        "planned": case.planned_start,
        "forecast": case.forecast_start,
        "days": longest.days if longest else 0,
        "moved": interview.state == InterviewState.SCHEDULED,
        "date_unknown": any(delay.date_unknown for delay in delays),
        "cause": ExitCause(longest.cause).label if longest is not None and known else None,
        "provisional": case.forecast_is_provisional,
        "case_url": facts.admin_url(f"onboarding/onboardingcase/{case.pk}/change/"),
    }
