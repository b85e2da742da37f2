"""What is said of an offer: that it waits for an answer, and not for long, what the answer was, and that it is over."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from messaging.models import Message
from notifications.enums import Audience
from notifications.rendering import render
from notifications.validity import Holds, stays_true
from recruitment.enums import OfferState
from recruitment.models import Offer

FAMILY = "offer_answer"


def _in(*states: str) -> Holds:
    """True while the offer that it is about stands in one of these states."""

    def holds(message: Message) -> bool:
        return Offer.objects.filter(pk=message.topic_id, state__in=states).exists()

    return holds


def _while_it_waits(message: Message) -> bool:
    waiting = Offer.objects.filter(pk=message.topic_id, state=OfferState.SENT)
    return waiting.filter(answer_by__gt=timezone.now()).exists()


SENT = MessageKind(
    code="offer_sent",
    title=_("Offer"),
    audiences=(Audience.CANDIDATE, Audience.MANAGER),
    words=render,
    holds=_in(OfferState.SENT),
    family=FAMILY,
)
ANSWERED = MessageKind(
    code="offer_answered",
    title=_("Answer to an offer"),
    audiences=(Audience.SPECIALIST, Audience.MANAGER, Audience.ONBOARDING),
    words=render,
    holds=stays_true,
    family=FAMILY,
)
DUE = MessageKind(
    code="offer_due",
    title=_("Offer about to expire"),
    audiences=(Audience.CANDIDATE, Audience.SPECIALIST),
    words=render,
    holds=_while_it_waits,
    family=FAMILY,
    waits_at_night=True,
)
OVER = MessageKind(
    code="offer_over",
    title=_("Offer is over"),
    audiences=(Audience.CANDIDATE,),
    words=render,
    holds=_in(OfferState.EXPIRED, OfferState.WITHDRAWN),
    family=FAMILY,
)

KINDS = (SENT, DUE, ANSWERED, OVER)
