"""What the present state of offered times requires to be said: to the candidate, and to whoever arranges it."""

from core.events.models import Event
from messaging.kinds import MessageKind, family
from messaging.refs import ref
from messaging.services.deciding import Brief, Need
from notifications import facts
from notifications.enums import Audience
from notifications.kinds import slots as kinds
from notifications.services.interviews import people_of
from notifications.services.scene import Scene
from recruitment.enums import ApplicationStage, SlotState
from recruitment.models import SlotOffer

_KINDS: dict[str, tuple[MessageKind, ...]] = {
    SlotState.OPEN: (kinds.OFFERED,),
    SlotState.CHOSEN: (kinds.CHOSEN,),
    SlotState.EXPIRED: (kinds.OVER,),
    SlotState.WITHDRAWN: (kinds.OVER,),
}


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief | None:
    """Each state in its words, once. Whoever took the times back is not told of it."""
    offer = SlotOffer.objects.select_related(
        "application__candidate", "application__opening__specialist", "application__opening__department"
    ).get(pk=event.subject_id)
    application = offer.application
    interview = scene.interview_behind(application.pk, None)
    goes_on = application.stage not in ApplicationStage.called_off
    needs = []
    for kind in _KINDS[offer.state] if goes_on else ():
        wanted = [Audience(one) for one in kind.audiences if one in side]
        if offer.state == SlotState.WITHDRAWN:
            wanted = [one for one in wanted if one == Audience.CANDIDATE]
        slots = list(offer.slots.order_by("slot"))
        chosen = next((one for one in slots if one.is_chosen), None)
        context = {
            **facts.of_application(application),
            "choose_by": offer.choose_by,
            "times": [one.slot.lower for one in slots],
            "chosen_at": chosen.slot.lower if chosen else None,
            "round": offer.round,
            "is_expired": offer.state == SlotState.EXPIRED,
        }
        needs += [
            Need(
                kind=kind,
                audience=audience,
                to=person,
                key=f"slots:{offer.pk}:{offer.state}",
                context={**context, audience.value: person},
            )
            for audience, person in people_of(application, wanted).items()
        ]
    return Brief(
        topic=ref(offer),
        needs=needs,
        kinds=family(kinds.FAMILY),
        audiences=side,
        origin=ref(interview) if interview else None,
        event=event,
    )
