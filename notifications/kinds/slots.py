"""What is said of times that a candidate may choose from: that they wait, which was taken, that they are over."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from messaging.models import Message
from notifications.enums import Audience
from notifications.rendering import render
from notifications.validity import stays_true
from recruitment.models import SlotOffer

FAMILY = "slots"


def _is_live(message: Message) -> bool:
    return SlotOffer.objects.live().filter(pk=message.topic_id).exists()


def _is_over(message: Message) -> bool:
    """Nothing is said of it any more once other times are offered."""
    offer = SlotOffer.objects.filter(pk=message.topic_id).first()
    return (
        offer is not None and not SlotOffer.objects.live().filter(application=offer.application_id).exists()
    )


OFFERED = MessageKind(
    code="slots_offered",
    title=_("Times to choose from"),
    audiences=(Audience.CANDIDATE,),
    words=render,
    holds=_is_live,
    family=FAMILY,
)
CHOSEN = MessageKind(
    code="slot_chosen",
    title=_("Time chosen"),
    audiences=(Audience.SPECIALIST,),
    words=render,
    holds=stays_true,
    family=FAMILY,
)
OVER = MessageKind(
    code="slots_over",
    title=_("Offered times are over"),
    audiences=(Audience.CANDIDATE, Audience.SPECIALIST),
    words=render,
    holds=_is_over,
    family=FAMILY,
)

KINDS = (OFFERED, CHOSEN, OVER)
