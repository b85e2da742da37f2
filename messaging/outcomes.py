"""The outbox's ends: how a try ended, and what follows of it.

Rows are locked message first, then delivery; what is written proves the lease by its token.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from core import prepared
from messaging import signals
from messaging.addressbook import Entry
from messaging.channels import Outcome
from messaging.enums import AttemptOutcome, DeliveryState, MessageState, Receipt, Settled
from messaging.models import Attempt, ChannelPause, Delivery, Message
from messaging.outbox import Claim, pause_of
from messaging.routing import next_channel, reaches, route
from messaging.services import cards
from messaging.told import NO_WAY

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 10, 1800
# About nine hours of tries where there is no other way; where there is one, a promise of minutes does not wait.
MOST_TRIES = 24
MOST_TRIES_BEFORE_NEXT = 3

# Phones answer within seconds; providers list it a little later.
FIRST_ASKED = timedelta(seconds=60)

# Whoever acts for somebody has had the same message.
TOLD_ALREADY = "told_already"

logger = logging.getLogger(__name__)


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
    return replace(claim, person=person, channel=channel, pause=pause_of(channel))


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


_ACCEPTED = """
    WITH message AS (
        SELECT id FROM messaging_message WHERE id = %(message)s FOR NO KEY UPDATE
    ),
    mine AS (
        UPDATE messaging_delivery AS delivery
        SET state = 'accepted', provider_id = %(provider_id)s, accepted_at = %(now)s,
            segments = %(segments)s, receipt = %(receipt)s, ask_at = %(ask_at)s, is_repeated = %(repeated)s,
            lease_until = NULL, lease_token = ''
        FROM message
        WHERE delivery.id = %(delivery)s AND delivery.message_id = message.id
          AND delivery.state = 'leased' AND delivery.lease_token = %(token)s
        RETURNING delivery.message_id
    ),
    ended AS (
        UPDATE messaging_attempt SET finished_at = %(now)s, outcome = 'accepted', code = %(code)s
        FROM mine WHERE messaging_attempt.id = %(attempt)s
    )
    UPDATE messaging_message SET state = 'accepted', accepted_at = %(now)s
    FROM mine WHERE messaging_message.id = mine.message_id
"""


def finish(claim: Claim, outcome: Outcome) -> bool:
    """Write down how the call ended and what follows. False when the lease was lost: then only the try is noted.

    At once, not with the next ones': a process that dies leaves one call in doubt, never a set. What was accepted takes
    one statement.
    """
    now = timezone.now()
    done = (
        _accepted(claim, outcome, now) if outcome.state == "accepted" else _not_accepted(claim, outcome, now)
    )
    if not done:
        Attempt.objects.filter(pk=claim.attempt_id).update(finished_at=now, code=outcome.code[:80])
        logger.warning(
            "delivery %s: the lease ran out during the call (%s)", claim.delivery_id, outcome.state
        )
    return done


def _accepted(claim: Claim, outcome: Outcome, now: datetime) -> bool:
    named = {
        "message": claim.message.pk,
        "delivery": claim.delivery_id,
        "attempt": claim.attempt_id,
        "token": claim.token,
        "provider_id": outcome.provider_id[:200],
        "code": outcome.code[:80],
        "now": now,
        "segments": outcome.segments,
        "repeated": outcome.repeated,
        "receipt": Receipt.WAITING if outcome.receipted else "",
        "ask_at": now + FIRST_ASKED if outcome.receipted else None,
    }
    done = prepared.execute(_ACCEPTED, named).rows == 1
    if done and outcome.card is not None:
        cards.shown(claim.delivery_id, outcome.card)
    return done


def _not_accepted(claim: Claim, outcome: Outcome, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        if not _still_ours(claim):
            return False
        _close_attempt(claim, AttemptOutcome(outcome.state), outcome.code)
        if not outcome.burns_attempt:
            Delivery.objects.filter(pk=claim.delivery_id).update(counted=F("counted") - 1)
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
        reached_nobody(claim.message, claim.person)
    else:
        Message.objects.filter(pk=claim.message.pk).update(state=state, **since)


def reached_nobody(message: Message, person: Entry | None) -> None:
    """It ends here, in the ledger and aloud: somebody has to tell them another way. The caller holds its lock."""
    why = "" if person is not None and reaches(person) else NO_WAY
    Message.objects.filter(pk=message.pk).update(
        state=MessageState.FAILED, accepted_at=None, cancelled_reason=why
    )
    signals.message_unreached.emit(
        subject=message,
        origin=message.origin,
        facts={"kind": message.kind, "audience": message.audience, "why": why or "failed"},
    )


def not_arrived(message: Message, delivery_id: int, *, code: str, channel: str) -> None:
    """A provider took it and says now that nobody saw it: it goes to the next channel, and where there is none somebody
    has to call. The caller holds both locks."""
    now = timezone.now()
    Delivery.objects.filter(pk=delivery_id).update(
        state=DeliveryState.FAILED, accepted_at=None, last_code=code[:80]
    )
    if message.state != MessageState.ACCEPTED:
        return
    Message.objects.filter(pk=message.pk).update(refused_at=Coalesce("refused_at", now))
    person = message.recipient
    following = next_channel(person, after=channel) if person else None
    if following is None:
        reached_nobody(message, person)
        return
    last = message.deliveries.order_by("-seq").values_list("seq", flat=True)[0]
    Delivery.objects.create(message=message, channel=following, seq=last + 1, due_at=now)
    Message.objects.filter(pk=message.pk).update(state=MessageState.PLANNED, accepted_at=None)


def _note_pause(channel: str, until: datetime, code: str) -> None:
    """Shut the channel for everybody; a pause that is already longer stays."""
    ChannelPause.objects.get_or_create(channel=channel, defaults={"until": until, "code": code})
    ChannelPause.objects.filter(Q(until__lt=until), channel=channel).update(
        until=until, code=code, since=timezone.now()
    )
