"""The ledger's steps: decide on a message, call one off, send one again."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, Model, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Refused
from core.events.models import Event
from messaging import wechat
from messaging.enums import ChannelName, MessageState, Settled
from messaging.kinds import MessageKind
from messaging.models import Delivery, Message
from messaging.refs import Ref
from messaging.routing import route
from messaging.services.deciding import Draft, Need, call_off, deliver, draft_of, noted
from people.actors import Actor, require_hr


def queue(
    *,
    kind: MessageKind,
    audience: str,
    recipient: Model,
    context: dict[str, Any],
    idem_key: str,
    topic: Ref | None = None,
    origin: Ref | None = None,
    event: Event | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Message | None:
    """Write one message with its first delivery, as `queue_all` does. None when `idem_key` was answered before."""
    need = Need(
        kind=kind,
        audience=audience,
        to=recipient,
        key=idem_key,
        context=context,
        due_at=due_at,
        expires_at=expires_at,
        whole_key=True,
    )
    made = queue_all([need], topic=topic, origin=origin, event=event)
    return made[0] if made else None


def queue_all(
    needs: Iterable[Need], *, topic: Ref | None, origin: Ref | None, event: Event | None = None
) -> list[Message]:
    """Write a message for each need that was not answered before, with its first delivery, in the caller's transaction.

    For what no record's lock guards: who asks for the same need at the same time waits, and makes nothing. Returns the
    new messages.
    """
    asked = {need.idem_key: need for need in needs}
    if not asked:
        return []
    answered = set(Message.objects.filter(idem_key__in=list(asked)).values_list("idem_key", flat=True))
    drafts = [
        draft_of(need, topic=topic, origin=origin, event=event)
        for key, need in asked.items()
        if key not in answered
    ]
    if not drafts:
        return []
    with transaction.atomic(savepoint=False):
        Message.objects.bulk_create((draft.message for draft in drafts), ignore_conflicts=True)
        made = _ours(drafts)
        deliver(made)
    for draft in made:
        noted(draft.message)
    return [draft.message for draft in made]


def _ours(drafts: list[Draft]) -> list[Draft]:
    """The drafts that were written, with their numbers: a planned row that has its delivery is another writer's."""
    keys = [draft.message.idem_key for draft in drafts]
    has_delivery = Exists(Delivery.objects.filter(message=OuterRef("pk")))
    written = Message.objects.filter(~has_delivery, idem_key__in=keys).values_list("idem_key", "pk")
    numbers = dict(written)
    made = [draft for draft in drafts if draft.message.idem_key in numbers]
    for draft in made:
        draft.message.pk = numbers[draft.message.idem_key]
        draft.message._state.adding = False
    return made


def cancel(
    *,
    topic: Ref,
    kinds: Collection[str],
    audiences: Collection[str],
    reason: str,
    keep: Collection[str] = (),
    only_future: bool = False,
) -> int:
    """Call off what waits about `topic`, except the idem_keys in `keep`; returns how many.

    `only_future` spares what is due already. A message that is with a provider at this moment, or was sent, stays.
    """
    waiting = (
        Message.objects.unsent()
        .about(topic)
        .filter(kind__in=list(kinds), audience__in=list(audiences))
        .exclude(idem_key__in=list(keep))
    )
    if only_future:
        waiting = waiting.filter(due_at__gt=timezone.now())
    return call_off((pk, reason) for pk in waiting.values_list("id", flat=True))


SAME_WORDS = (
    "kind", "audience", "user_id", "addressee_type", "addressee_id", "recipient_name", "language", "topic_type",
    "topic_id", "origin_type", "origin_id", "event_id", "subject", "body", "expires_at",
)  # fmt: skip


def repeat(*, message: Message, idem_key: str) -> Message | None:
    """Say at last, in the same words, what was kept as part of another message. None when that was done before."""
    with transaction.atomic():
        again, created = Message.objects.get_or_create(
            idem_key=idem_key,
            defaults={**{name: getattr(message, name) for name in SAME_WORDS}, "due_at": timezone.now()},
        )
        if not created:
            return None
        Delivery.objects.create(message=again, channel=_first_channel(again))
    return again


def _first_channel(message: Message) -> str:
    person = message.recipient
    return route(person)[0] if person is not None else ChannelName.EMAIL


def send_again(*, message_id: int, by: Actor) -> Message:
    """A person has a message that failed, or perhaps arrived, sent once more, from the first channel on.

    Raises Forbidden, NotFound("message_not_found"), Refused("message_not_stuck", "text_gone").
    """
    require_hr(by)
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(no_key=True, of=("self",))
            .select_related("user")
            .filter(pk=message_id)
            .first()
        )
        if message is None:
            raise NotFound("message_not_found", _("There is no such message."))
        if message.state not in MessageState.stuck:
            raise Refused("message_not_stuck", _("Only a message that could not be sent can be sent again."))
        if message.text_gone_at is not None:
            raise Refused("text_gone", _("Its text was deleted when its time was over: call or write anew."))
        last = message.deliveries.order_by("-seq").first()
        Delivery.objects.create(
            message=message, channel=_first_channel(message), seq=last.seq + 1 if last else 1
        )
        message.state, message.expires_at, message.due_at = MessageState.PLANNED, None, timezone.now()
        message.cancelled_reason, message.settled_at, message.settled_how = "", None, ""
        message.refused_at = message.claimed_by = None
        message.save(
            update_fields=["state", "expires_at", "due_at", "cancelled_reason", "settled_at", "settled_how",
                           "refused_at", "claimed_by"]
        )  # fmt: skip
    return message


def settle(numbers: Collection[int], how: Settled) -> int:
    """Somebody has seen to these that reached nobody, or nobody has to; returns how many there were."""
    if not numbers:
        return 0
    waiting = Message.objects.not_told().filter(pk__in=numbers)
    return waiting.update(settled_at=timezone.now(), settled_how=how)


def readdress(*, was: Ref, now: Ref) -> None:
    """What was for somebody in the address book is for another entry from now on: one person had two."""
    Message.objects.filter(addressee_type=was.type, addressee_id=was.id).update(
        addressee_type=now.type, addressee_id=now.id
    )
    wechat.readdress(was=was, now=now)
