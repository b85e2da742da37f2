"""What is said to whoever asked about the own record: that the copy is there, that it goes or is gone, or why not."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from messaging.models import Message
from notifications.enums import Audience
from notifications.rendering import render
from recruitment.models import Erasure, PersonRequest
from recruitment.models.privacy import ErasureState


def _stands(message: Message) -> bool:
    """It is still answered in that way: a copy whose time is over is announced to nobody."""
    if message.event is None:
        return False
    facts = message.event.facts
    return PersonRequest.objects.filter(
        pk=facts["request"], state=facts["state"], candidate=message.topic_id
    ).exists()


ANSWERED = MessageKind(
    code="data_answered",
    title=_("Answer about the own data"),
    audiences=(Audience.CANDIDATE,),
    words=render,
    holds=_stands,
    family=None,
)


def _is_ending(message: Message) -> bool:
    """The name and the addresses stand still, and go next."""
    if message.event is None:
        return False
    return Erasure.objects.filter(
        pk=message.event.facts["erasure"], state=ErasureState.RUNNING, candidate=message.topic_id
    ).exists()


ERASED = MessageKind(
    code="data_erased",
    title=_("Own data erased"),
    audiences=(Audience.CANDIDATE,),
    words=render,
    holds=_is_ending,
    family=None,
    waits_at_night=True,
)

KINDS = (ANSWERED, ERASED)
