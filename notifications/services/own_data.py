"""Who asked about the own record is told what became of it; what others entered for them, they answer themselves."""

from core.events.models import Event
from messaging.refs import ref
from messaging.services.deciding import Brief, Need
from notifications import facts
from notifications.enums import Audience
from notifications.kinds import own_data as kinds
from notifications.services.scene import Scene
from recruitment.models import PersonRequest
from recruitment.models.privacy import RequestState

TOLD = (RequestState.READY, RequestState.GRANTED, RequestState.REFUSED)


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief | None:
    """The answer to a request that the candidate made, with the way to the page on which it stands."""
    found = (
        PersonRequest.objects.select_related("candidate")
        .filter(pk=event.facts["request"], candidate=event.subject_id, by=None)
        .first()
    )
    if found is None or Audience.CANDIDATE not in side:
        return None
    interview = facts.interviews().filter(application__candidate=found.candidate_id).order_by("-pk").first()
    needs = []
    if found.state in TOLD and interview is not None:
        context = {
            **facts.of_application(interview.application),
            "request_state": found.state,
            "answer": found.answer,
            "kept_until": found.ends_at,
        }
        key = f"request:{found.pk}:{found.state}"
        needs = [
            Need(
                kind=kinds.ANSWERED, audience=Audience.CANDIDATE, to=found.candidate, key=key, context=context
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
