"""What records require to be said, beside what was said already: decided in sets, with one reading and three writes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from core.events import effect, note
from core.events.models import Event, Reaction
from core.events.running import on_receipt_of
from messaging import quiet
from messaging.addressbook import Entry, entry_of
from messaging.enums import MessageState
from messaging.kinds import MessageKind
from messaging.models import Delivery, Message
from messaging.refs import Ref
from messaging.routing import route
from messaging.services import cards

EFFECT = gettext_noop("Message to %(audience)s: %(kind)s")
NOTHING_NEW = gettext_noop("Nothing new to say")


@dataclass(frozen=True, kw_only=True)
class Need:
    """A message that the present state of a record requires. `key` names the need, for one person and for ever.

    `to` is a row of an address book. `into`: the message of which it becomes a part, and is not sent itself.
    """

    kind: MessageKind
    audience: str
    to: Model
    key: str
    context: dict[str, Any] = field(repr=False)
    due_at: datetime | None = None
    expires_at: datetime | None = None
    whole_key: bool = False
    into: Message | None = None

    @property
    def idem_key(self) -> str:
        """The key with kind, audience and person (unless it is whole): one message, however often it is asked for."""
        if self.whole_key:
            return self.key
        return f"{self.kind}:{self.audience}:{self.key}:{self.to._meta.model_name}-{self.to.pk}"


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What one record requires now of some kinds of messages to some audiences: these `needs`, and nothing else.

    What waits for anything else is called off for `reason`, but for the idem_keys in `keep`; `only_future` spares what
    is due already. `reaction`: on whose receipt it is noted, `otherwise` with which words when there was nothing to do.
    """

    topic: Ref
    needs: Collection[Need]
    audiences: Collection[str]
    kinds: Collection[str] = ()
    reason: str = "overtaken"
    origin: Ref | None = None
    event: Event | None = None
    only_future: bool = False
    keep: Collection[str] = ()
    reaction: Reaction | None = None
    otherwise: str = NOTHING_NEW

    def on(self, reaction: Reaction | None) -> Self:
        """The same, noted on this receipt."""
        return replace(self, reaction=reaction)


class Draft(NamedTuple):
    """A message that is not written yet, with what its delivery needs to know."""

    kind: MessageKind
    to: Entry
    message: Message


class Ledger:
    """What was said, or waits to be said, about some rows; read under their locks, so that nobody adds to it."""

    def __init__(self, rows: Iterable[Message]) -> None:
        self._rows: dict[Ref | None, list[Message]] = {}
        self.keys = set()
        for row in rows:
            self._rows.setdefault(row.topic, []).append(row)
            self.keys.add(row.idem_key)

    @classmethod
    def of(cls, topics: Iterable[Ref]) -> Self:
        """The ledger of these rows, without the words: one query, none for no rows."""
        ids: dict[str, set[int]] = {}
        for topic in topics:
            ids.setdefault(topic.type, set()).add(topic.id)
        if not ids:
            return cls(())
        about = Q()
        for label, pks in ids.items():
            about |= Q(topic_type=label, topic_id__in=pks)
        rows = Message.objects.filter(about).select_related("coalesced_into")
        unread = [f"{of}{name}" for of in ("", "coalesced_into__") for name in ("subject", "body")]
        return cls(rows.defer(*unread).order_by("id"))

    def about(self, topic: Ref) -> list[Message]:
        """The messages about one row, oldest first."""
        return self._rows.get(topic, [])


def bring(brief: Brief) -> list[Message]:
    """Bring the messages about one record to what it requires; the caller holds the lock of its row."""
    return bring_all([brief], Ledger.of([brief.topic]))


def bring_all(briefs: Iterable[Brief], ledger: Ledger) -> list[Message]:
    """Bring the messages about records to what these require: call off what waits for anything else, write what is new.

    A message for each need that was not answered before, in the recipient's language, with its first delivery. What
    waits at night waits for the end of quiet hours; what joins an earlier message of its kind is kept as part of that
    one and not sent. The ledger was read under the locks of the records. Returns the new messages.
    """
    plans = [(brief, *_compared(brief, ledger)) for brief in briefs]
    with transaction.atomic(savepoint=False):
        call_off((pk, brief.reason) for brief, off, _drafts in plans for pk in off)
        drafts = [draft for _brief, _off, drafts in plans for draft in drafts]
        Message.objects.bulk_create(draft.message for draft in drafts)
        deliver(drafts)
    cards.look_again(brief.topic for brief, _off, _drafts in plans)
    for brief, off, made in plans:
        with on_receipt_of(brief.reaction):
            for draft in made:
                noted(draft.message)
            if not made:
                note(gettext_noop("Messages called off") if off else brief.otherwise)
    return [draft.message for draft in drafts]


def _compared(brief: Brief, ledger: Ledger) -> tuple[list[int], list[Draft]]:
    """What is to be called off, by number, and what is to be written."""
    now = timezone.now()
    asked = {need.idem_key: need for need in brief.needs}
    there = ledger.about(brief.topic)
    off = [
        row.pk
        for row in there
        if _waits(row)
        and row.kind in brief.kinds
        and row.audience in brief.audiences
        and row.idem_key not in asked
        and row.idem_key not in brief.keep
        and (row.due_at > now or not brief.only_future)
    ]
    new = [need for key, need in asked.items() if key not in ledger.keys]
    ledger.keys.update(asked)
    drafts = [draft_of(need, topic=brief.topic, origin=brief.origin, event=brief.event) for need in new]
    standing = [row for row in there if row.pk not in off]
    for draft in drafts:
        _join(draft, standing)
    return off, drafts


def _waits(row: Message) -> bool:
    """It may still be called off: as a part of a message about many, until that one goes out."""
    whole = row.coalesced_into
    if row.state == MessageState.COALESCED and whole is not None and whole.kind != row.kind:
        return whole.state == MessageState.PLANNED
    return bool(row.state == MessageState.PLANNED)


def draft_of(need: Need, *, topic: Ref | None, origin: Ref | None, event: Event | None) -> Draft:
    """The message that answers a need, not written yet."""
    to = entry_of(need.to)
    subject, body = need.kind.words(
        kind=need.kind.code,
        audience=need.audience,
        language=to.language,
        context={**need.context, "reader_zone": to.time_zone},
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
    if need.into is not None:
        message.state, message.coalesced_into = MessageState.COALESCED, need.into
    return Draft(need.kind, to, message)


def _join(draft: Draft, standing: list[Message]) -> None:
    """Make the draft part of an earlier message of its kind to the same person about the same row."""
    within = draft.kind.joins_within
    if within is None or draft.message.coalesced_into is not None:
        return
    since = timezone.now() - within
    for row in reversed(standing):
        counts = row.state in (MessageState.PLANNED, *MessageState.told) and row.due_at > since
        if counts and _whom(row) == _whom(draft.message):
            draft.message.state, draft.message.coalesced_into = MessageState.COALESCED, row
            return


def _whom(message: Message) -> tuple[object, ...]:
    return message.kind, message.audience, message.user_id, message.addressee_type, message.addressee_id


def deliver(drafts: Iterable[Draft]) -> None:
    """Give each written message its first delivery, unless it is part of another."""
    Delivery.objects.bulk_create(
        Delivery(message=draft.message, channel=route(draft.to)[0], due_at=draft.message.due_at)
        for draft in drafts
        if draft.message.state == MessageState.PLANNED
    )


def noted(message: Message) -> None:
    """Note a new message on the running receipt."""
    effect(message, EFFECT, audience=message.audience, kind=message.kind)


_CALL_OFF = """
    WITH wanted AS (SELECT * FROM unnest(%s::bigint[], %s::text[]) AS wanted(id, reason)),
    off AS (
        UPDATE messaging_message AS message SET state = 'cancelled', cancelled_reason = wanted.reason
        FROM wanted WHERE message.id = wanted.id AND message.state IN ('planned', 'coalesced')
        RETURNING message.id, wanted.reason
    ),
    gone AS (
        UPDATE messaging_delivery AS delivery
        SET state = 'cancelled', last_code = off.reason, lease_until = NULL, lease_token = ''
        FROM off WHERE delivery.message_id = off.id AND delivery.state IN ('pending', 'leased')
    )
    SELECT count(*) FROM off
"""


def call_off(wanted: Iterable[tuple[int, str]]) -> int:
    """Call off these messages, by number and reason, with what would have been delivered of them; returns how many.

    One statement, none for no messages. What is with a provider at this moment, or was sent, stays.
    """
    rows = sorted(wanted)
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_CALL_OFF, [[pk for pk, _reason in rows], [reason for _pk, reason in rows]])
        (count,) = cursor.fetchone()
    return int(count)
