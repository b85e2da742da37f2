"""Who asked about the own record is told what became of it; what others entered for them, they answer themselves."""

from typing import Any, NamedTuple

from core.events.models import Event
from messaging.kinds import MessageKind
from messaging.refs import ref
from messaging.services.deciding import Brief, Need
from notifications import facts
from notifications.enums import Audience
from notifications.kinds import own_data as kinds
from notifications.services.scene import Scene
from recruitment.models import PersonRequest


class Said(NamedTuple):
    """A message: of which kind, which need it answers, and what it says beside whom it is for."""

    kind: MessageKind
    key: str
    about: dict[str, Any]


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief | None:
    """The answer to a request that the candidate made, or that it is taken back, with the way to its page."""
    found = (
        PersonRequest.objects.select_related("candidate")
        .filter(pk=event.facts["request"], candidate=event.subject_id, by=None)
        .first()
    )
    if found is None or Audience.CANDIDATE not in side:
        return None
    about = {
        "request_state": found.state,
        "answer": found.answer,
        "kept_until": found.ends_at,
        "due_on": found.due_on,
    }
    # Granted again after it was called off, it is said again.
    said = Said(kinds.ANSWERED, f"request:{found.pk}:{event.pk}", about)
    return _to_candidate(found, said if found.state == event.facts["state"] else None, event, side)


def decide_on_erased(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief | None:
    """That what was asked for is done, said before the name and the addresses go, too: it leads nowhere any more."""
    asked = PersonRequest.objects.select_related("candidate")
    found = asked.filter(pk=event.facts["request"], candidate=event.subject_id, by=None).first()
    if found is None or Audience.CANDIDATE not in side:
        return None
    return _to_candidate(found, Said(kinds.ERASED, f"erased:{event.facts['erasure']}", {}), event, side)


def _to_candidate(found: PersonRequest, said: Said | None, event: Event, side: frozenset[Audience]) -> Brief:
    interview = facts.interviews().filter(application__candidate=found.candidate_id).order_by("-pk").first()
    needs = []
    if said is not None and interview is not None:
        context = {**facts.of_application(interview.application), **said.about}
        needs = [
            Need(
                kind=said.kind, audience=Audience.CANDIDATE, to=found.candidate, key=said.key, context=context
            )
        ]
    return Brief(
        topic=ref(found.candidate),
        needs=needs,
        kinds=(),
        audiences=side,
        origin=ref(interview) if interview is not None else None,
        event=event,
    )
