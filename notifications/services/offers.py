"""What an offer's present state requires to be said, to the candidate and to those who prepare or wait for the hire."""

from core.events.models import Event
from messaging.kinds import MessageKind, family
from messaging.refs import ref
from messaging.services.deciding import Brief, Need
from notifications import audiences, facts
from notifications.enums import Audience
from notifications.kinds import offers as kinds
from notifications.services.interviews import people_of
from notifications.services.scene import Scene
from people.enums import Role
from recruitment.enums import ApplicationStage, DeclineReason, OfferState
from recruitment.models import Offer

# Of whom somebody else speaks: an application that has ended is told in the words of its end.
_KINDS: dict[str, tuple[MessageKind, ...]] = {
    OfferState.SENT: (kinds.SENT,),
    OfferState.ACCEPTED: (kinds.ANSWERED,),
    OfferState.DECLINED: (kinds.ANSWERED,),
    OfferState.EXPIRED: (kinds.ANSWERED, kinds.OVER),
    OfferState.WITHDRAWN: (kinds.ANSWERED, kinds.OVER),
}


def _kinds(offer: Offer) -> tuple[MessageKind, ...]:
    is_near = offer.state == OfferState.SENT and offer.reminded_at is not None
    return (*_KINDS.get(offer.state, ()), *((kinds.DUE,) if is_near else ()))


def decide(scene: Scene, event: Event, side: frozenset[Audience]) -> Brief | None:
    """Each state in its words, once. Onboarding hears what changes a start; nobody hears of what was never sent."""
    offer = (
        Offer.objects.defer("letter")
        .select_related("application__candidate", "application__opening__specialist",
                        "application__opening__department")
        .get(pk=event.subject_id)
    )  # fmt: skip
    application = offer.application
    interview = scene.interview_behind(application.pk, None)
    said_apart = application.stage in ApplicationStage.called_off
    needs = []
    for kind in _kinds(offer) if offer.sent_at and not said_apart else ():
        wanted = [Audience(one) for one in kind.audiences if one in side]
        people = people_of(application, wanted)
        if Audience.ONBOARDING in wanted and offer.state in (OfferState.ACCEPTED, OfferState.DECLINED):
            colleague = audiences.holder(Role.ONBOARDING, application.opening.department)
            people |= {Audience.ONBOARDING: colleague} if colleague is not None else {}
        context = {
            **facts.of_application(application),
            "state": str(offer.state),
            "start_on": offer.start_on,
            "answer_by": offer.answer_by,
            "reason": DeclineReason(offer.decline_reason).label if offer.decline_reason else "",
            "offer_url": facts.offer_url(offer.pk),
        }
        needs += [
            Need(
                kind=kind,
                audience=audience,
                to=person,
                key=f"offer:{offer.pk}:{offer.state}{':due' if kind is kinds.DUE else ''}",
                context={**context, audience.value: person},
            )
            for audience, person in people.items()
        ]
    return Brief(
        topic=ref(offer),
        needs=needs,
        kinds=family(kinds.FAMILY),
        audiences=side,
        origin=ref(interview) if interview else None,
        event=event,
    )
