"""What is said to whoever asked about the own record: that the copy is there, that it will be erased, or why not."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from messaging.models import Message
from notifications.enums import Audience
from notifications.rendering import render
from recruitment.models import PersonRequest


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

KINDS = (ANSWERED,)
