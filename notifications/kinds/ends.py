"""What is said of how far an application came, and of an end that was taken back: each in words of its own.

They wait as long as HR has set (`services.waits`), and at night until the morning.
"""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from messaging.models import Message
from notifications.enums import Audience, End
from notifications.rendering import render
from notifications.validity import while_application
from recruitment.enums import ApplicationStage
from recruitment.models import Offer

FAMILY = "end"
_S = ApplicationStage
_GOING_ON = tuple(stage for stage in ApplicationStage if stage not in ApplicationStage.called_off)


def _kind(end: End, title: object, *stages: str) -> MessageKind:
    return MessageKind(
        code=end.value,
        title=title,  # type: ignore[arg-type]
        audiences=(Audience.CANDIDATE, Audience.MANAGER),
        words=render,
        holds=while_application(*stages),
        family=FAMILY,
        waits_at_night=True,
    )


def _before_the_letter(message: Message) -> bool:
    """Who has the offer itself is not told any more that one is being prepared."""
    there = while_application(_S.OFFER, _S.HIRED)(message)
    return there and not Offer.objects.filter(application=message.topic_id, sent_at__isnull=False).exists()


OFFER = replace(_kind(End.OFFER, _("Offer notice"), _S.OFFER, _S.HIRED), holds=_before_the_letter)
HIRED = _kind(End.HIRED, _("Hire notice"), _S.HIRED)
REJECTED = _kind(End.REJECTED, _("Rejection notice"), _S.REJECTED)
WITHDRAWN = _kind(End.WITHDRAWN, _("Confirmation of a withdrawal"), _S.WITHDRAWN)
FELL_THROUGH = _kind(End.FELL_THROUGH, _("Fell-through notice"), _S.FELL_THROUGH)
REOPENED = _kind(End.REOPENED, _("Notice that an end was taken back"), *_GOING_ON)

KINDS = (OFFER, HIRED, REJECTED, WITHDRAWN, FELL_THROUGH, REOPENED)
