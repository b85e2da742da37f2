"""The outbox's leases: take what is due in sets, begin a try, give back what a dead process held.

Rows are locked message first, then delivery, everywhere; a lease skips what is locked, so nobody waits for anybody.
What is leased and not begun may still be called off; what was begun is written down before its call.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from core import prepared
from messaging import addressbook
from messaging.addressbook import Entry
from messaging.enums import AttemptOutcome, DeliveryState, MessageState
from messaging.models import Attempt, ChannelPause, Delivery, Message
from messaging.models.deliveries import new_key
from messaging.refs import Ref

# For one call; what waits in a process's hands for the calls before it is anybody's again sooner.
LEASE, IN_HAND = timedelta(seconds=60), timedelta(seconds=15)
# How many a process takes in hand at once: few, so that other pumps find something to share in.
SET = 10


@dataclass(frozen=True, kw_only=True)
class Held:
    """A delivery that this process, and no other, may begin. `person` as they are reached now."""

    delivery_id: int
    message: Message
    person: Entry | None
    channel: str
    token: str
    provider_key: str
    first_tried_at: datetime | None
    is_unconfirmed: bool
    request_id: str


@dataclass(frozen=True, kw_only=True)
class Claim(Held):
    """One that was begun: the try is on record. `pause`: until when its channel is shut for everybody, and why."""

    attempt_id: int
    tries: int
    pause: tuple[datetime, str] | None


def reclaim() -> int:
    """Give back the deliveries whose process died or hung: a call may have been made where one was begun, which stays
    noted."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        lost = list(
            Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self", "message"))
            .select_related("message")
            .filter(state=DeliveryState.LEASED, lease_until__lte=now)
        )
        if not lost:
            return 0
        calling = Attempt.objects.filter(
            delivery__in=[each.pk for each in lost], outcome=AttemptOutcome.CALLING
        )
        begun = set(calling.values_list("delivery_id", flat=True))
        _give_back(Delivery.objects.filter(pk__in=[each.pk for each in lost if each.pk not in begun]))
        if begun:
            calling.update(outcome=AttemptOutcome.LOST)
            _give_back(
                Delivery.objects.filter(pk__in=begun),
                due_at=now,
                is_unconfirmed=True,
                last_code="lease_ran_out",
            )
            Message.objects.filter(pk__in=[each.message_id for each in lost if each.pk in begun]).update(
                state=MessageState.PLANNED
            )
    return len(lost)


def lease(limit: int = SET) -> list[Held]:
    """Take in hand what is due longest, at most `limit`, for `IN_HAND`: nothing is called yet. The addresses are those
    of now, read for all together.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        due = list(
            Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self", "message"))
            .select_related("message__user")
            .filter(state=DeliveryState.PENDING, due_at__lte=now)
            .order_by("due_at", "id")[:limit]
        )
        if not due:
            return []
        token = new_key()
        Delivery.objects.filter(pk__in=[each.pk for each in due]).update(
            state=DeliveryState.LEASED, lease_until=now + IN_HAND, lease_token=token
        )
    people = _people([each.message for each in due])
    first = _first_tries([each.pk for each in due if each.attempt_count])
    return [
        Held(
            delivery_id=each.pk,
            message=each.message,
            person=people.get(each.message_id),
            channel=each.channel,
            token=token,
            provider_key=each.provider_key,
            first_tried_at=first.get(each.pk),
            is_unconfirmed=each.is_unconfirmed,
            request_id=each.request_id,
        )
        for each in due
    ]


def _people(messages: Collection[Message]) -> dict[int, Entry]:
    """Whom each is for, by the message's number; colleagues came with their messages. Who is gone is left out."""
    others = {
        each.pk: Ref(each.addressee_type, each.addressee_id)
        for each in messages
        if each.addressee_id is not None
    }
    found = addressbook.look_up_all(others.values())
    people = {number: found[whom] for number, whom in others.items() if whom in found}
    return people | {each.pk: addressbook.entry_of(each.user) for each in messages if each.user is not None}


def _first_tries(deliveries: Collection[int]) -> dict[int, datetime]:
    if not deliveries:
        return {}
    real = Attempt.objects.filter(delivery__in=deliveries).exclude(outcome=AttemptOutcome.PAUSED)
    return dict(
        real.order_by().values("delivery").annotate(first=Min("started_at")).values_list("delivery", "first")
    )


# Counted before the call, so that a message that kills its process is not tried for ever.
_BEGIN = """
    WITH message AS (
        SELECT id FROM messaging_message WHERE id = %(message)s FOR NO KEY UPDATE
    ),
    mine AS (
        UPDATE messaging_delivery AS delivery
        SET attempt_count = attempt_count + 1, counted = counted + 1, lease_until = %(until)s
        FROM message
        WHERE delivery.id = %(delivery)s AND delivery.message_id = message.id
          AND delivery.state = 'leased' AND delivery.lease_token = %(token)s
        RETURNING delivery.id, delivery.message_id, delivery.attempt_count, delivery.counted
    ),
    sending AS (
        UPDATE messaging_message SET state = 'sending' FROM mine WHERE messaging_message.id = mine.message_id
    ),
    tried AS (
        INSERT INTO messaging_attempt (delivery_id, number, started_at, outcome, code)
        SELECT id, attempt_count, %(now)s, 'calling', '' FROM mine
        RETURNING id
    )
    SELECT tried.id, mine.counted, pause.until, pause.code
    FROM tried CROSS JOIN mine
    LEFT JOIN messaging_channelpause AS pause ON pause.channel = %(channel)s AND pause.until > %(now)s
"""


def pause_of(channel: str) -> tuple[datetime, str] | None:
    """Until when the channel is shut now, and why; None while it is open."""
    shut = ChannelPause.objects.filter(channel=channel, until__gt=timezone.now())
    return shut.values_list("until", "code").first()


def begin(held: Held) -> Claim | None:
    """Write the try down, committed before its call, and hold the lease for that call. One statement.

    None when it is not ours any more: called off, or in hand for too long and taken by another.
    """
    now = timezone.now()
    named = {
        "message": held.message.pk,
        "delivery": held.delivery_id,
        "token": held.token,
        "channel": held.channel,
        "until": now + LEASE,
        "now": now,
    }
    found = prepared.execute(_BEGIN, named).first
    if found is None:
        return None
    attempt_id, tries, until, code = found
    held.message.state = MessageState.SENDING
    return Claim(**vars(held), attempt_id=attempt_id, tries=tries, pause=(until, code) if until else None)


def give_back(rest: Sequence[Held]) -> None:
    """What was taken in hand and not begun is due again at once, for whoever comes."""
    for token in {each.token for each in rest}:
        _give_back(
            Delivery.objects.filter(
                pk__in=[each.delivery_id for each in rest], state=DeliveryState.LEASED, lease_token=token
            )
        )


def _give_back(deliveries: QuerySet[Delivery], **values: object) -> None:
    deliveries.update(state=DeliveryState.PENDING, lease_until=None, lease_token="", **values)
