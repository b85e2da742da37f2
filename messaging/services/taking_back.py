"""Taking back what was said in WeCom: it leaves the reader's WeCom, which WeCom allows for a day."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotFound, Refused
from messaging import connected
from messaging.channels.wecom import application
from messaging.enums import ChannelName, DeliveryState, MessageState
from messaging.models import Card, Delivery, Message
from messaging.providers.errors import ProviderError
from messaging.told import TAKEN_BACK
from people.actors import Actor, actor_user, require_hr

# WeCom allows a day; the call takes its time.
ALLOWED = timedelta(hours=23, minutes=55)


class NotTakenBack(DomainError):
    """WeCom did not take it back."""

    status = 503


def can_be_taken_back(message: Message, last: Delivery | None) -> bool:
    """Whether it lies in a colleague's WeCom, under a number of WeCom's, for less than a day."""
    return (
        message.state == MessageState.ACCEPTED
        and last is not None
        and last.channel == ChannelName.WECOM
        and bool(last.provider_id)
        and last.accepted_at is not None
        and last.accepted_at > timezone.now() - ALLOWED
    )


def take_back(*, message_id: int, by: Actor) -> Message:
    """Have WeCom take a message back, outside any transaction, and write down that its reader does not have it.

    Whoever read it has read it, and one open in the WeChat plugin stays there. Asked again after a lost answer it is
    taken back once. Raises Forbidden, NotFound("message_not_found"), Refused("message_not_there"), NotTakenBack with
    WeCom's code.
    """
    require_hr(by)
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        raise NotFound("message_not_found", _("There is no such message."))
    last = message.deliveries.order_by("-seq").first()
    if not can_be_taken_back(message, last):
        raise _not_there()
    assert last is not None  # noqa: S101 -- what was just asked
    client, _circuit, _budget = application(**connected.wecom())
    try:
        client.recall(last.provider_id)
    except ProviderError as error:
        raise NotTakenBack(error.code, _("WeCom did not take it back: it may still be read.")) from error
    with transaction.atomic():
        message = Message.objects.select_for_update(no_key=True, of=("self",)).get(pk=message_id)
        if message.state != MessageState.ACCEPTED:
            raise _not_there()
        _write_down(message, last, by=by, now=timezone.now())
    return message


def _write_down(message: Message, last: Delivery, *, by: Actor, now: datetime) -> None:
    message.state, message.cancelled_reason = MessageState.CANCELLED, TAKEN_BACK
    message.accepted_at, message.claimed_by = None, actor_user(by)
    message.save(update_fields=["state", "cancelled_reason", "accepted_at", "claimed_by"])
    Delivery.objects.filter(pk=last.pk).update(
        state=DeliveryState.CANCELLED, accepted_at=None, due_at=now, last_code=TAKEN_BACK
    )
    # Its card is not looked at again: there is none to change.
    Card.objects.filter(pk=last.pk).update(code="", stale_at=None)


def _not_there() -> Refused:
    return Refused(
        "message_not_there", _("Only what was sent in WeCom less than a day ago can be taken back there.")
    )
