"""The ledger's steps: decide on a message, call one off, send one again."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.errors import NotFound, Refused
from core.events import effect, note
from core.events.models import Event
from messaging import quiet
from messaging.addressbook import Entry, entry_of
from messaging.enums import ChannelName, DeliveryState, MessageState
from messaging.kinds import MessageKind
from messaging.models import Delivery, Message
from messaging.refs import Ref
from messaging.routing import route
from people.actors import Actor, require_hr

EFFECT = gettext_noop("Message to %(audience)s: %(kind)s")


@dataclass(frozen=True, kw_only=True)
class Need:
    """A message that the present state of a record requires. `key` names the need, for one person and for ever.

    `to` is a row of an address book.
    """

    kind: MessageKind
    audience: str
    to: Model
    key: str
    context: dict[str, Any] = field(repr=False)
    due_at: datetime | None = None
    expires_at: datetime | None = None
    whole_key: bool = False

    @property
    def idem_key(self) -> str:
        """The key with kind, audience and person (unless it is whole): one message, however often it is asked for."""
        if self.whole_key:
            return self.key
        return f"{self.kind}:{self.audience}:{self.key}:{self.to._meta.model_name}-{self.to.pk}"


class Draft(NamedTuple):
    """A message that is not written yet, with what its delivery needs to know."""

    kind: MessageKind
    to: Entry
    message: Message


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

    In the recipient's language. What waits at night waits for the end of quiet hours; what joins an earlier message of
    its kind is kept as part of that one and not sent. Who asks for the same need at the same time waits, and makes
    nothing. Returns the new messages.
    """
    asked = {need.idem_key: need for need in needs}
    if not asked:
        return []
    answered = set(Message.objects.filter(idem_key__in=list(asked)).values_list("idem_key", flat=True))
    drafts = [_draft(need, topic, origin, event) for key, need in asked.items() if key not in answered]
    if not drafts:
        return []
    with transaction.atomic(savepoint=False):
        _join_recent(drafts, origin)
        Message.objects.bulk_create((draft.message for draft in drafts), ignore_conflicts=True)
        return _hand_over(_ours(drafts))


def bring(
    needs: Iterable[Need],
    *,
    topic: Ref,
    kinds: Collection[str],
    audiences: Collection[str],
    reason: str,
    origin: Ref | None,
    event: Event | None,
    only_future: bool = False,
) -> list[Message]:
    """Bring the messages about `topic` to these needs: call off what waits for anything else, queue what is new.

    As `cancel` and `queue_all` one after the other, in one reading, under the lock of the record that the topic names:
    the caller holds it, so that nobody else answers the same needs meanwhile. Notes on the receipt when nothing is new.
    """
    asked = {need.idem_key: need for need in needs}
    with transaction.atomic(savepoint=False):
        waiting = Q(
            topic_type=topic.type,
            topic_id=topic.id,
            kind__in=list(kinds),
            audience__in=list(audiences),
            state=MessageState.PLANNED,
        )
        standing = list(
            Message.objects.select_for_update(no_key=True)
            .filter(waiting | Q(idem_key__in=list(asked)))
            .order_by("id")
            .values_list("id", "idem_key", "state", "due_at")
        )
        answered = {key for _pk, key, _state, _due_at in standing}
        now = timezone.now()
        overtaken = [
            pk
            for pk, key, state, due_at in standing
            if key not in asked and state == MessageState.PLANNED and (due_at > now or not only_future)
        ]
        _call_off(overtaken, reason)
        made = [_draft(need, topic, origin, event) for key, need in asked.items() if key not in answered]
        _join_recent(made, origin)
        Message.objects.bulk_create(draft.message for draft in made)
        messages = _hand_over(made)
    if not made:
        note(gettext_noop("Messages called off") if overtaken else gettext_noop("Nothing new to say"))
    return messages


def _hand_over(made: list[Draft]) -> list[Message]:
    """Give each new message its first delivery, unless it is part of another, and note it on the receipt."""
    Delivery.objects.bulk_create(
        Delivery(message=draft.message, channel=route(draft.to)[0], due_at=draft.message.due_at)
        for draft in made
        if draft.message.state == MessageState.PLANNED
    )
    messages = [draft.message for draft in made]
    for message in messages:
        effect(message, EFFECT, audience=message.audience, kind=message.kind)
    return messages


def _draft(need: Need, topic: Ref | None, origin: Ref | None, event: Event | None) -> Draft:
    to = entry_of(need.to)
    subject, body = need.kind.words(
        kind=need.kind.code, audience=need.audience, language=to.language, context=need.context
    )
    due_at = need.due_at or timezone.now()
    message = Message(
        kind=need.kind.code,
        audience=need.audience,
        user_id=to.user_id,
        addressee_type="" if to.user_id else to.ref.type,
        addressee_id=None if to.user_id else to.ref.id,
        recipient_name=to.name,
        language=to.language,
        topic_type=topic.type if topic else "",
        topic_id=topic.id if topic else None,
        origin_type=origin.type if origin else "",
        origin_id=origin.id if origin else None,
        event=event,
        subject=subject,
        body=body,
        due_at=quiet.held(due_at) if need.kind.waits_at_night else due_at,
        expires_at=need.expires_at,
        idem_key=need.idem_key,
    )
    return Draft(need.kind, to, message)


def _join_recent(drafts: list[Draft], origin: Ref | None) -> None:
    """Make what joins an earlier message of its kind part of it; the caller holds the lock of the origin's row."""
    joining = [draft for draft in drafts if draft.kind.joins_within is not None]
    if not joining or origin is None:
        return
    now = timezone.now()
    recent = Q()
    for draft in joining:
        assert draft.kind.joins_within is not None  # noqa: S101 -- chosen for it
        recent |= Q(kind=draft.kind.code, due_at__gt=now - draft.kind.joins_within)
    earlier = Message.objects.belonging_to(origin).filter(
        recent, state__in=(MessageState.PLANNED, *MessageState.told)
    )
    first = {_whom(row): row for row in earlier.order_by("-id")}
    for draft in joining:
        if (found := first.get(_whom(draft.message))) is not None:
            draft.message.state, draft.message.coalesced_into = MessageState.COALESCED, found


def _whom(message: Message) -> tuple[object, ...]:
    return message.kind, message.audience, message.user_id, message.addressee_type, message.addressee_id


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
    with transaction.atomic(savepoint=False):
        # Message before delivery, as everywhere: whoever holds the message's row holds its deliveries'.
        ids = list(waiting.select_for_update(no_key=True).order_by("id").values_list("id", flat=True))
        return _call_off(ids, reason)


def _call_off(ids: list[int], reason: str) -> int:
    """Call these locked messages off, with what would have been delivered of them; returns how many."""
    if not ids:
        return 0
    Delivery.objects.filter(message__in=ids, state=DeliveryState.PENDING).update(
        state=DeliveryState.CANCELLED, last_code=reason
    )
    return Message.objects.filter(id__in=ids).update(state=MessageState.CANCELLED, cancelled_reason=reason)


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

    Raises Forbidden, NotFound("message_not_found"), Refused("message_not_stuck").
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
        last = message.deliveries.order_by("-seq").first()
        Delivery.objects.create(
            message=message, channel=_first_channel(message), seq=last.seq + 1 if last else 1
        )
        message.state, message.expires_at, message.due_at = MessageState.PLANNED, None, timezone.now()
        message.save(update_fields=["state", "expires_at", "due_at"])
    return message
