"""From events to the messages that their subjects require: one way in for every receiver, decided for a whole chain."""

from collections.abc import Callable
from typing import NamedTuple

from core.events import note
from core.events.models import Event
from core.events.running import Left, leave, on_receipt_of
from core.figures import Basis
from messaging.services.deciding import NOTHING_NEW, Brief, bring_all
from notifications.enums import Audience
from notifications.services import (
    applications,
    ends,
    follow_ups,
    gathering,
    guides,
    identities,
    interviews,
    notes,
    offers,
    own_data,
    plans,
    problems,
    slots,
    starts,
)
from notifications.services.scene import (
    APPLICATION,
    ASSESSMENT,
    CASE,
    FOLLOW_UP,
    INTERVIEW,
    NOTE,
    OFFER,
    PLAN,
    PROBLEM,
    SLOTS,
    Scene,
)
from onboarding.signals import identity_given
from recruitment import signals


class Task(NamedTuple):
    """What one receiver is to say: about the subject of an event, to one side. `decide` answers what is required."""

    event: Event
    side: frozenset[Audience]
    decide: Callable[[Scene, Event, frozenset[Audience]], Brief | None]


DECIDING: dict[str, Callable[[Scene, Event, frozenset[Audience]], Brief | None]] = {
    INTERVIEW: interviews.decide,
    ASSESSMENT: applications.decide_on_report,
    FOLLOW_UP: follow_ups.decide,
    CASE: starts.decide,
    PLAN: plans.decide,
    APPLICATION: ends.decide,
    OFFER: offers.decide,
    SLOTS: slots.decide,
    NOTE: notes.decide,
    PROBLEM: problems.decide,
}


def tell(event: Event, side: frozenset[Audience]) -> None:
    """Bring the messages about the event's subject to what its present state requires, at the end of the chain."""
    if event.kind == signals.invitation_overdue.kind:
        _leave(Task(event, side, applications.decide_on_forgotten))
    elif event.kind == signals.application_received.kind:
        _leave(Task(event, side, applications.decide_on_received))
    elif event.kind in (signals.data_request_answered.kind, signals.data_request_reopened.kind):
        _leave(Task(event, side, own_data.decide))
    elif event.kind == signals.erasure_ending.kind:
        _leave(Task(event, side, own_data.decide_on_erased))
    elif event.kind == identity_given.kind:
        _leave(Task(event, side, identities.decide))
    elif event.facts.get("basis") in Basis.estimates and event.subject_type == ASSESSMENT:
        note(NOTHING_NEW)  # an estimate never becomes a full report: nothing need be read
    elif event.subject_type in DECIDING:
        _leave(Task(event, side, DECIDING[event.subject_type]))
    else:
        raise LookupError(f"nobody is told about {event.subject_type}")


def guide(event: Event) -> None:
    """Bring the guide to the interview's present window, at the end of the chain."""
    _leave(Task(event, frozenset({Audience.CANDIDATE}), guides.decide))


def _leave(task: Task) -> None:
    leave(settle, task)


def settle(left: list[Left]) -> None:
    """Decide on all that a chain's receivers left to be said: read in sets, written together."""
    tasks: list[Task] = [one.what for one in left]
    scene = Scene.of([task.event for task in tasks], is_held=all(one.is_held for one in left))
    briefs = []
    for one, task in zip(left, tasks, strict=True):
        brief = task.decide(scene, task.event, task.side)
        if brief is not None:
            briefs.append(brief.on(one.reaction))
            continue
        with on_receipt_of(one.reaction):
            note(NOTHING_NEW)
    bring_all(gathering.gathered(briefs, scene), scene.ledger)
