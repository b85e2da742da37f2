"""The ledger's steps: decide on a message, call one off, send one again."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.errors import NotFound, Refused
from core.events import effect, note
from core.events.models import Event
from notifications import quiet, rendering
from notifications.audiences import Person
from notifications.enums import Audience, DeliveryState, Kind, MessageState
from notifications.models import Delivery, Message
from notifications.routing import route
from people.actors import Actor, require_hr
from people.models import User
from recruitment.models import Interview

# At most one interruption notice per audience and interview in this time.
COALESCE_WITHIN = timedelta(minutes=30)
EFFECT = gettext_noop("Message to %(audience)s: %(kind)s")


@dataclass(frozen=True, kw_only=True)
class Need:
    """A message that the present state of a record requires. `key` names the need, for one person and for ever."""

    kind: Kind
    audience: Audience
    to: Person
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


def queue(
    *,
    kind: Kind,
    audience: Audience,
    recipient: Person,
    context: dict[str, Any],
    idem_key: str,
    interview: Interview | None = None,
    event: Event | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    topic: str = "",
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
    made = queue_all([need], topic=topic, interview=interview, event=event)
    return made[0] if made else None


def queue_all(
    needs: Iterable[Need], *, topic: str, interview: Interview | None, event: Event | None = None
) -> list[Message]:
    """Write a message for each need that was not answered before, with its first delivery, in the caller's transaction.

    In the recipient's language. Reminders and digests wait for the end of quiet hours; an interruption notice that
    follows another to the same person within half an hour is kept as part of that one and not sent. Who asks for the
    same need at the same time waits, and makes nothing. Returns the new messages.
    """
    asked = {need.idem_key: need for need in needs}
    if not asked:
        return []
    answered = set(Message.objects.filter(idem_key__in=list(asked)).values_list("idem_key", flat=True))
    drafts = [_draft(need, topic, interview, event) for key, need in asked.items() if key not in answered]
    if not drafts:
        return []
    with transaction.atomic(savepoint=False):
        _join_recent(drafts, interview)
        Message.objects.bulk_create(drafts, ignore_conflicts=True)
        return _hand_over(_ours(drafts))


def bring(
    needs: Iterable[Need],
    *,
    topic: str,
    kinds: Collection[str],
    audiences: Collection[str],
    reason: str,
    interview: Interview | None,
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
            topic=topic, kind__in=list(kinds), audience__in=list(audiences), state=MessageState.PLANNED
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
        made = [_draft(need, topic, interview, event) for key, need in asked.items() if key not in answered]
        _join_recent(made, interview)
        _hand_over(Message.objects.bulk_create(made))
    if not made:
        note(gettext_noop("Messages called off") if overtaken else gettext_noop("Nothing new to say"))
    return made


def _hand_over(made: list[Message]) -> list[Message]:
    """Give each new message its first delivery, unless it is part of another, and note it on the receipt."""
    Delivery.objects.bulk_create(
        Delivery(message=message, channel=route(message.person)[0], due_at=message.due_at)
        for message in made
        if message.state == MessageState.PLANNED
    )
    for message in made:
        effect(message, EFFECT, audience=str(message.audience), kind=str(message.kind))
    return made


def _draft(need: Need, topic: str, interview: Interview | None, event: Event | None) -> Message:
    person = {"user": need.to} if isinstance(need.to, User) else {"candidate": need.to}
    language = need.to.language
    subject, body = rendering.render(
        kind=need.kind, audience=need.audience, language=language, context=need.context
    )
    due_at = need.due_at or timezone.now()
    return Message(
        **person,
        kind=need.kind,
        audience=need.audience,
        language=language,
        interview=interview,
        event=event,
        topic=topic,
        subject=subject,
        body=body,
        due_at=quiet.held(due_at) if need.kind in Kind.held_in_quiet_hours else due_at,
        expires_at=need.expires_at,
        idem_key=need.idem_key,
    )


def _join_recent(drafts: list[Message], interview: Interview | None) -> None:
    """Make an interruption notice part of one to the same person in the last half hour; the interview is locked."""
    notices = [draft for draft in drafts if draft.kind == Kind.INTERRUPTED]
    if not notices or interview is None:
        return
    recent = Message.objects.filter(
        interview=interview,
        kind=Kind.INTERRUPTED,
        state__in=(MessageState.PLANNED, *MessageState.told),
        due_at__gt=timezone.now() - COALESCE_WITHIN,
    ).order_by("-id")
    first = {(row.audience, row.user_id, row.candidate_id): row for row in recent}
    for draft in notices:
        earlier = first.get((draft.audience, draft.user_id, draft.candidate_id))
        if earlier is not None:
            draft.state, draft.coalesced_into = MessageState.COALESCED, earlier


def _ours(drafts: list[Message]) -> list[Message]:
    """The drafts that were written, with their numbers: a planned row that has its delivery is another writer's."""
    keys = [draft.idem_key for draft in drafts]
    has_delivery = Exists(Delivery.objects.filter(message=OuterRef("pk")))
    written = Message.objects.filter(~has_delivery, idem_key__in=keys).values_list("idem_key", "pk")
    numbers = dict(written)
    made = [draft for draft in drafts if draft.idem_key in numbers]
    for draft in made:
        draft.pk = numbers[draft.idem_key]
        draft._state.adding = False
    return made


def cancel(
    *,
    topic: str,
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
        .filter(topic=topic, kind__in=list(kinds), audience__in=list(audiences))
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


def repeat(*, message: Message, idem_key: str) -> Message | None:
    """Say at last, in the same words, what was kept as part of another message. None when that was done before."""
    with transaction.atomic():
        again, created = Message.objects.get_or_create(
            idem_key=idem_key,
            defaults={
                **{
                    name: getattr(message, name)
                    for name in (
                        "kind", "audience", "user", "candidate", "language", "interview_id", "event_id", "topic",
                        "subject", "body", "expires_at",
                    )
                },
                "due_at": timezone.now(),
            },
        )  # fmt: skip
        if not created:
            return None
        Delivery.objects.create(message=again, channel=route(again.person)[0])
    return again


def send_again(*, message_id: int, by: Actor) -> Message:
    """A person has a message that failed, or perhaps arrived, sent once more, from the first channel on.

    Raises Forbidden, NotFound("message_not_found"), Refused("message_not_stuck").
    """
    require_hr(by)
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(no_key=True, of=("self",))
            .select_related("user", "candidate")
            .filter(pk=message_id)
            .first()
        )
        if message is None:
            raise NotFound("message_not_found", _("There is no such message."))
        if message.state not in MessageState.stuck:
            raise Refused("message_not_stuck", _("Only a message that could not be sent can be sent again."))
        last = message.deliveries.order_by("-seq").first()
        Delivery.objects.create(
            message=message, channel=route(message.person)[0], seq=last.seq + 1 if last else 1
        )
        message.state, message.expires_at, message.due_at = MessageState.PLANNED, None, timezone.now()
        message.save(update_fields=["state", "expires_at", "due_at"])
    return message
