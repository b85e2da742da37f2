"""Sending what is due: claim, call the channel outside any transaction, write down the outcome."""

import logging
from datetime import datetime

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from core import request_ids
from core.errors import DomainError
from core.trouble import wall
from messaging import channels, kinds, outbox, outcomes
from messaging.addressbook import entry_of
from messaging.channels import Outcome, Outgoing
from messaging.channels.base import paused
from messaging.enums import ChannelName, MessageState
from messaging.models import Message
from messaging.outbox import Claim, Held
from messaging.routing import address

logger = logging.getLogger(__name__)


def deliver_due(limit: int = 50) -> int:
    """Send what is due, at most `limit`; returns how many were taken in hand, so that 0 means nothing is left.

    Several pumps share the work. A process that dies at any line loses nothing: what it had in hand is due again after
    seconds, the one that it called with after a minute, and the next try of that one says that it may have been made.
    """
    outbox.reclaim()
    taken = 0
    while taken < limit and (in_hand := outbox.lease(min(outbox.SET, limit - taken))):
        taken += len(in_hand)
        _send_all(in_hand)
    return taken


def _send_all(in_hand: list[Held]) -> None:
    """One after the other; what a defect keeps from being begun is given back."""
    for place, held in enumerate(in_hand, start=1):
        try:
            with request_ids.under(held.request_id):
                send(held)
        except Exception:
            outbox.give_back(in_hand[place:])
            raise


def send(held: Held) -> None:
    """One try, on record before anything else: see that the message is still wanted and by whom, fill it in, call the
    channel, write down the outcome.

    Whoever acts for a colleague whose account is closed is written to in their place. What was called off meanwhile is
    left alone. What a defect, or a kind that this release does not know, keeps from being called is tried again like
    what no provider takes; and what ended its process each time is not begun for ever.
    """
    taken = outbox.begin(held)
    if taken is None:
        return
    if taken.tries > outcomes.MOST_TRIES:
        outcomes.finish(taken, Outcome(state="retry", code="process_ended"))
        return
    try:
        ready = _ready(taken)
    except (DatabaseError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 -- a defect about one message must not stop everybody else's
        logger.error("message %s could not be made ready: %s", taken.message.pk, type(error).__name__)
        outcomes.finish(taken, Outcome(state="retry", code=type(error).__name__))
        return
    if ready is not None:
        outcomes.finish(ready[0], _call(*ready))


def _ready(taken: Claim) -> tuple[Claim, Outgoing] | None:
    """For whom it is and what goes out, filled in; None where it ends here, or waits."""
    message = taken.message
    if message.expires_at is not None and wall.is_past(message.expires_at):
        outcomes.overtake(taken, state=MessageState.EXPIRED, reason="expired")
        return None
    if taken.person is None:
        outcomes.overtake(taken, state=MessageState.FAILED, reason="recipient_gone")
        return None
    if not kinds.kind(message.kind).holds(message):
        outcomes.overtake(taken, state=MessageState.CANCELLED, reason="overtaken")
        return None
    claim = _to_whoever_acts(taken)
    if claim is None:
        return None
    if claim.pause is not None and not claim.is_unconfirmed:
        outcomes.finish(claim, _paused(*claim.pause))
        return None
    try:
        body = _filled(claim)
    except DomainError as error:
        outcomes.overtake(claim, state=MessageState.CANCELLED, reason=f"link_{error.code}"[:60])
        return None
    return claim, _outgoing(claim, body)


def _to_whoever_acts(claim: Claim) -> Claim | None:
    """The claim as it is, or for the colleague who acts for a closed account; None when nothing is left to send."""
    if claim.person is None or claim.person.is_open or claim.is_unconfirmed:
        return claim
    acting = kinds.audience(claim.message.audience).stand_in(claim.message)
    if acting is None or acting.pk == claim.message.user_id:
        return claim
    return outcomes.readdress(claim, entry_of(acting))


def _paused(until: datetime, code: str) -> Outcome:
    return paused(max(1, int((until - timezone.now()).total_seconds())), code)


def _filled(claim: Claim) -> str:
    """The text to send, with what is made for this try alone and never written down.

    What is kept is written into the message first, so that every try says the same.
    """
    message = claim.message
    for placeholder in kinds.placeholders():
        if placeholder.is_kept and placeholder.mark in kinds.as_sent(message.body):
            message.body = placeholder.kept_in(message.body, placeholder.fill(message) or "")
            Message.objects.filter(pk=message.pk).update(body=message.body)
    body = kinds.as_sent(message.body)
    for placeholder in kinds.placeholders():
        if placeholder.mark in body and (value := placeholder.fill(message)) is not None:
            body = body.replace(placeholder.mark, value)
    return body


def _outgoing(claim: Claim, body: str) -> Outgoing:
    make = kinds.kind(claim.message.kind).attached
    return Outgoing(
        recipient_address=address(claim.person, claim.channel) if claim.person else "",
        subject=claim.message.subject,
        body=body,
        language=claim.message.language,
        provider_key=claim.provider_key,
        first_tried_at=claim.first_tried_at,
        attempt_number=claim.tries,
        unconfirmed=claim.is_unconfirmed,
        # No other channel takes files.
        attachment=make(claim.message) if make and claim.channel == ChannelName.EMAIL else None,
        # No other channel has buttons.
        face=kinds.face_of(claim.message) if claim.channel == ChannelName.WECOM else None,
        kind=claim.message.kind,
        name=claim.message.recipient_name,
    )


def _call(claim: Claim, outgoing: Outgoing) -> Outcome:
    try:
        return channels.channel(claim.channel).send(outgoing)
    except Exception as error:  # noqa: BLE001 -- a channel's own defect must not stop everybody else's messages
        # Neither the sentence nor the values: they may quote the address, the text or the link.
        logger.error("channel %s failed with %s", claim.channel, type(error).__name__)
        return Outcome(state="retry", code=type(error).__name__, unconfirmed=True)
