"""The outbox's own transactions: take a delivery, give back what a dead process held, write down how a call ended.

Rows are locked message first, then delivery, everywhere; a claim skips what is locked, so nobody waits for anybody.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from messaging import signals
from messaging.addressbook import Entry
from messaging.channels import Outcome
from messaging.enums import AttemptOutcome, DeliveryState, MessageState, Settled
from messaging.models import Attempt, ChannelPause, Delivery, Message
from messaging.models.deliveries import new_key
from messaging.routing import next_channel, reaches, route
from messaging.told import NO_WAY

LEASE = timedelta(seconds=60)
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 10, 1800
# About nine hours of tries where there is no other way; where there is one, a promise of minutes does not wait.
MOST_TRIES = 24
MOST_TRIES_BEFORE_NEXT = 3

# Whoever acts for somebody has had the same message.
TOLD_ALREADY = "told_already"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A delivery that this process, and no other, may send until the lease ends. `person` as they are reached now."""

    delivery_id: int
    message: Message
    person: Entry | None
    channel: str
    token: str
    provider_key: str
    attempt_id: int
    tries: int
    first_tried_at: datetime | None
    is_unconfirmed: bool


def reclaim() -> int:
    """Give back the deliveries whose process died or hung: its call may have been made, which stays noted."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        lost = list(
            Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self", "message"))
            .select_related("message")
            .filter(state=DeliveryState.LEASED, lease_until__lte=now)
        )
        for delivery in lost:
            calling = Attempt.objects.filter(delivery=delivery, outcome=AttemptOutcome.CALLING)
            calling.update(outcome=AttemptOutcome.LOST)
            delivery.state, delivery.due_at, delivery.is_unconfirmed = DeliveryState.PENDING, now, True
            delivery.lease_until, delivery.lease_token, delivery.last_code = None, "", "lease_ran_out"
            delivery.save()
            delivery.message.state = MessageState.PLANNED
            delivery.message.save(update_fields=["state"])
    return len(lost)


def claim() -> Claim | None:
    """Take the delivery that is due longest: lease it for a minute and write the try down before it is made."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self", "message"))
            .select_related("message__user")
            .filter(state=DeliveryState.PENDING, due_at__lte=now)
            .order_by("due_at", "id")
            .first()
        )
        if delivery is None:
            return None
        message = delivery.message
        first_tried_at = None
        if delivery.attempt_count:
            real = delivery.attempts.exclude(outcome=AttemptOutcome.PAUSED)
            first_tried_at = real.aggregate(first=Min("started_at"))["first"]
        delivery.state, delivery.lease_until, delivery.lease_token = (
            DeliveryState.LEASED,
            now + LEASE,
            new_key(),
        )
        delivery.attempt_count += 1
        # Counted before the call, so that a message that kills its process is not tried for ever.
        delivery.counted += 1
        delivery.save(update_fields=["state", "lease_until", "lease_token", "attempt_count", "counted"])
        message.state = MessageState.SENDING
        message.save(update_fields=["state"])
        attempt = Attempt.objects.create(delivery=delivery, number=delivery.attempt_count, started_at=now)
    return Claim(
        delivery_id=delivery.pk,
        message=message,
        person=message.recipient,
        channel=delivery.channel,
        token=delivery.lease_token,
        provider_key=delivery.provider_key,
        attempt_id=attempt.pk,
        tries=delivery.counted,
        first_tried_at=first_tried_at,
        is_unconfirmed=delivery.is_unconfirmed,
    )


def pause_of(channel: str) -> ChannelPause | None:
    """The pause that shuts the channel now, None while it is open."""
    return ChannelPause.objects.filter(channel=channel, until__gt=timezone.now()).first()


def readdress(claim: Claim, person: Entry) -> Claim | None:
    """Send a claimed message to a colleague who acts for its recipient. None when the lease was lost.

    Its need is from now on that colleague's: who decides on the same need again finds it answered. One that is
    answered already is called off here, and None returned.
    """
    with transaction.atomic(durable=True):
        if not _still_ours(claim):
            return None
        message = claim.message
        before, now = f":user-{message.user_id}", f":user-{person.user_id}"
        key = message.idem_key.replace(before, now) if before in message.idem_key else message.idem_key
        if key != message.idem_key and Message.objects.filter(idem_key=key).exists():
            _close_attempt(claim, AttemptOutcome.OVERTAKEN, TOLD_ALREADY)
            _set(claim, DeliveryState.CANCELLED, last_code=TOLD_ALREADY)
            Message.objects.filter(pk=message.pk).update(
                state=MessageState.CANCELLED, cancelled_reason=TOLD_ALREADY
            )
            return None
        message.user_id, message.recipient_name, message.idem_key = person.user_id, person.name, key
        message.save(update_fields=["user", "recipient_name", "idem_key"])
        channel = claim.channel if claim.tries > 1 else route(person)[0]
        Delivery.objects.filter(pk=claim.delivery_id).update(channel=channel)
    return replace(claim, person=person, channel=channel)


def overtake(claim: Claim, *, state: MessageState, reason: str) -> bool:
    """Close a claimed delivery without a call: not needed, or too late. False when the lease was lost."""
    with transaction.atomic(durable=True):
        if not _still_ours(claim):
            return False
        _close_attempt(claim, AttemptOutcome.OVERTAKEN, reason)
        _set(claim, DeliveryState.CANCELLED, last_code=reason)
        nobody_left = {"settled_at": timezone.now(), "settled_how": Settled.OVERTAKEN}
        ends = nobody_left if state == MessageState.FAILED else {}
        Message.objects.filter(pk=claim.message.pk).update(state=state, cancelled_reason=reason, **ends)
    return True


def finish(claim: Claim, outcome: Outcome) -> bool:
    """Write down how the call ended and what follows. False when the lease was lost: then only the try is noted."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        if not _still_ours(claim):
            Attempt.objects.filter(pk=claim.attempt_id).update(finished_at=now, code=outcome.code[:80])
            logger.warning(
                "delivery %s: the lease ran out during the call (%s)", claim.delivery_id, outcome.state
            )
            return False
        _close_attempt(claim, AttemptOutcome(outcome.state), outcome.code)
        if not outcome.burns_attempt:
            Delivery.objects.filter(pk=claim.delivery_id).update(counted=F("counted") - 1)
        if outcome.state == "accepted":
            _set(claim, DeliveryState.ACCEPTED, provider_id=outcome.provider_id[:200], accepted_at=now)
            Message.objects.filter(pk=claim.message.pk).update(state=MessageState.ACCEPTED, accepted_at=now)
        else:
            _settle(claim, outcome, now)
    return True


def _still_ours(claim: Claim) -> bool:
    Message.objects.select_for_update(no_key=True).only("pk").get(pk=claim.message.pk)
    mine = Delivery.objects.filter(pk=claim.delivery_id, state=DeliveryState.LEASED, lease_token=claim.token)
    return bool(mine.select_for_update(no_key=True).values_list("pk", flat=True))


def _close_attempt(claim: Claim, outcome: AttemptOutcome, code: str) -> None:
    Attempt.objects.filter(pk=claim.attempt_id).update(
        finished_at=timezone.now(), outcome=outcome, code=code[:80]
    )


def _set(claim: Claim, state: DeliveryState, **values: object) -> None:
    Delivery.objects.filter(pk=claim.delivery_id, lease_token=claim.token).update(
        state=state, lease_until=None, lease_token="", **values
    )


def _settle(claim: Claim, outcome: Outcome, now: datetime) -> None:
    """Not accepted: wait and try again, go to the next channel, or end, whichever the outcome says."""
    unconfirmed = claim.is_unconfirmed or outcome.unconfirmed
    code = outcome.code[:80]
    since = {"refused_at": Coalesce("refused_at", now)}
    if outcome.state == "paused":
        wait = outcome.retry_after_seconds or LONGEST_WAIT_SECONDS
        _note_pause(claim.channel, now + timedelta(seconds=wait), code)
    following = next_channel(claim.person, after=claim.channel) if claim.person else None
    tries = claim.tries if outcome.burns_attempt else claim.tries - 1
    limit = MOST_TRIES if following is None or unconfirmed else MOST_TRIES_BEFORE_NEXT
    ends = outcome.state in ("failed", "ambiguous") or (outcome.state == "retry" and tries >= limit)
    moves_on = following is not None and (
        outcome.try_next_channel or outcome.state == "failed" or (ends and not unconfirmed)
    )
    if not ends and not moves_on:
        wait = outcome.retry_after_seconds or min(
            FIRST_WAIT_SECONDS * 2 ** max(tries - 1, 0), LONGEST_WAIT_SECONDS
        )
        due_at = now + timedelta(seconds=wait)
        _set(claim, DeliveryState.PENDING, due_at=due_at, last_code=code, is_unconfirmed=unconfirmed)
        Message.objects.filter(pk=claim.message.pk).update(state=MessageState.PLANNED, **since)
        return
    perhaps = outcome.state == "ambiguous" or (unconfirmed and outcome.state != "failed")
    ended = DeliveryState.AMBIGUOUS if perhaps else DeliveryState.FAILED
    if outcome.state == "paused":
        ended = DeliveryState.CANCELLED
    _set(claim, ended, last_code=code, is_unconfirmed=unconfirmed)
    if moves_on:
        assert following is not None  # noqa: S101 -- moves_on says so
        last = (
            Delivery.objects.filter(message=claim.message.pk)
            .order_by("-seq")
            .values_list("seq", flat=True)[0]
        )
        Delivery.objects.create(message=claim.message, channel=following, seq=last + 1, due_at=now)
        state = MessageState.PLANNED
    else:
        state = MessageState.AMBIGUOUS if perhaps else MessageState.FAILED
    if state == MessageState.FAILED:
        _reached_nobody(claim)
    else:
        Message.objects.filter(pk=claim.message.pk).update(state=state, **since)


def _reached_nobody(claim: Claim) -> None:
    """It ends here, in the ledger and aloud: somebody has to tell them another way."""
    why = "" if claim.person is not None and reaches(claim.person) else NO_WAY
    message = claim.message
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED, cancelled_reason=why)
    signals.message_unreached.emit(
        subject=message,
        origin=message.origin,
        facts={"kind": message.kind, "audience": message.audience, "why": why or "failed"},
    )


def _note_pause(channel: str, until: datetime, code: str) -> None:
    """Shut the channel for everybody; a pause that is already longer stays."""
    ChannelPause.objects.get_or_create(channel=channel, defaults={"until": until, "code": code})
    ChannelPause.objects.filter(Q(until__lt=until), channel=channel).update(
        until=until, code=code, since=timezone.now()
    )
