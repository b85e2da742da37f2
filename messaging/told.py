"""Whether somebody was told, and how: read from what became of the message, never from what was meant.

Every page, report and sentence that says that somebody was told has it from here. A message is read with its last
delivery (`Message.objects.with_telling()`), in one query however many there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.channels.base import MEMBER_BUDGET
from messaging.enums import ChannelName, MessageState, Settled
from messaging.models import Message
from messaging.models.messages import PATIENCE
from messaging.routing import reaches

# What the e-mail channel answers where no server is connected: written down, and nothing left the house.
LEDGER = "ledger"
NO_WAY = "no_way"
# What WeCom has taken back from its reader, and why a message says so.
TAKEN_BACK = "taken_back"


class Told(models.TextChoices):
    """How far it has come."""

    ON_ITS_WAY = "on_its_way", gettext_lazy("On its way")
    TRYING = "trying", gettext_lazy("Not sent yet")
    NOT_YET = "not_yet", gettext_lazy("Not told yet")
    LATER = "later", gettext_lazy("Goes out later")
    ACCEPTED = "accepted", gettext_lazy("Sent")
    KEPT = "kept", gettext_lazy("Written down, not sent")
    PERHAPS = "perhaps", gettext_lazy("Perhaps sent")
    JOINED = "joined", gettext_lazy("Part of another message")
    FAILED = "failed", gettext_lazy("Failed")
    NO_WAY = "no_way", gettext_lazy("No way to reach")
    OTHERWISE = "otherwise", gettext_lazy("Told another way")
    NOT_SENT = "not_sent", gettext_lazy("Not sent")
    TAKEN_BACK = "taken_back", gettext_lazy("Taken back in WeCom")


# In these somebody has to tell them another way.
NOT_TOLD = (Told.FAILED, Told.NO_WAY, Told.NOT_YET)


@dataclass(frozen=True, slots=True)
class Telling:
    """State, the channel of the last try, and the time that belongs to the state: of sending, of settling, when due.

    `since`: when a channel first did not take it, of one that has not been taken. `is_ours`: it was we who kept it from
    the channel, which shows nobody more than so many in a minute.
    """

    state: Told
    channel: str | None = None
    at: datetime | None = None
    since: datetime | None = None
    is_ours: bool = False

    def __str__(self) -> str:
        """In one line, in the reader's language: 邮件，11-28 09:03 已发出."""
        names = {"channel": _channel(self.channel), "at": _minute(self.at), "since": _minute(self.since)}
        if self.is_ours:
            return _("not sent yet: this person has had many messages just now, next try %(at)s") % names
        return _WORDS[self.state]() % names


_WORDS = {
    Told.ON_ITS_WAY: lambda: _("on its way (%(channel)s)"),
    Told.TRYING: lambda: _("not sent yet: %(channel)s does not take it now, next try %(at)s"),
    Told.NOT_YET: lambda: _("not taken by %(channel)s since %(since)s, next try %(at)s"),
    Told.LATER: lambda: _("goes out %(at)s"),
    Told.ACCEPTED: lambda: _("%(channel)s, sent %(at)s"),
    Told.KEPT: lambda: _("written down %(at)s, not sent: no mail server is connected"),
    Told.PERHAPS: lambda: _("%(channel)s, perhaps sent"),
    Told.JOINED: lambda: _("part of another message"),
    Told.FAILED: lambda: _("could not be sent (%(channel)s)"),
    Told.NO_WAY: lambda: _("no way to reach"),
    Told.OTHERWISE: lambda: _("could not be sent; told by a colleague %(at)s"),
    Told.NOT_SENT: lambda: _("not sent: not needed any more"),
    Told.TAKEN_BACK: lambda: _("%(channel)s, taken back %(at)s"),
}
_DONE = {
    MessageState.SENDING: Told.ON_ITS_WAY,
    MessageState.AMBIGUOUS: Told.PERHAPS,
    MessageState.COALESCED: Told.JOINED,
    MessageState.CANCELLED: Told.NOT_SENT,
    MessageState.EXPIRED: Told.NOT_SENT,
}


def telling_of(message: Message, *, can_be_reached: bool = True) -> Telling:
    """What became of a message. `can_be_reached`: whether its recipient has an address now, for one that still waits.

    A message without `with_telling()` asks for its last delivery.
    """
    last = _last_delivery(message)
    channel = last.get("channel")
    if message.refused_at is not None and message.state in MessageState.under_way:
        return _of_refused(message, message.refused_at, last, can_be_reached=can_be_reached)
    match message.state:
        case MessageState.PLANNED:
            if not can_be_reached:
                return Telling(Told.NO_WAY)
            if last.get("last_code"):
                return Telling(Told.TRYING, channel, parse_datetime(last["next_try"]))
            if message.due_at > timezone.now():
                return Telling(Told.LATER, channel, message.due_at)
            return Telling(Told.ON_ITS_WAY, channel)
        case MessageState.ACCEPTED:
            state = Told.KEPT if last.get("provider_id") == LEDGER else Told.ACCEPTED
            return Telling(state, channel, message.accepted_at)
        case MessageState.FAILED:
            if message.settled_how == Settled.CALLED:
                return Telling(Told.OTHERWISE, channel, message.settled_at)
            return Telling(Told.NO_WAY if message.cancelled_reason == NO_WAY else Told.FAILED, channel)
        case MessageState.AMBIGUOUS if message.settled_how == Settled.CALLED:
            return Telling(Told.OTHERWISE, channel, message.settled_at)
        case MessageState.CANCELLED if message.cancelled_reason == TAKEN_BACK:
            return Telling(Told.TAKEN_BACK, channel, parse_datetime(last["next_try"]))
    return Telling(_DONE[MessageState(message.state)], channel)


def _of_refused(message: Message, since: datetime, last: dict[str, str], *, can_be_reached: bool) -> Telling:
    """Of one that is still tried and that no channel has taken since then."""
    channel = last.get("channel")
    if message.settled_how == Settled.CALLED:
        return Telling(Told.OTHERWISE, channel, message.settled_at, since)
    if not can_be_reached:
        return Telling(Told.NO_WAY, since=since)
    is_late = since <= timezone.now() - PATIENCE
    next_try = parse_datetime(last["next_try"]) if last else None
    is_ours = last.get("last_code") == MEMBER_BUDGET
    return Telling(Told.NOT_YET if is_late else Told.TRYING, channel, next_try, since, is_ours)


def telling_now(message: Message) -> Telling:
    """`telling_of` one message, with a look whether its recipient can be reached."""
    person = message.recipient if message.state == MessageState.PLANNED else None
    return telling_of(message, can_be_reached=person is None or reaches(person))


def tellings(messages: Iterable[Message]) -> list[tuple[Message, Telling]]:
    """`telling_now` of many, read `with_telling()`: each recipient of one that waits is looked up once."""
    reached: dict[object, bool] = {}
    found = []
    for message in messages:
        can_be_reached = True
        if message.state == MessageState.PLANNED:
            whom = (message.user_id, message.addressee_type, message.addressee_id)
            if whom not in reached:
                person = message.recipient
                reached[whom] = person is None or reaches(person)
            can_be_reached = reached[whom]
        found.append((message, telling_of(message, can_be_reached=can_be_reached)))
    return found


def told_words(message: Message) -> str:
    """What became of a message in words: state, channel, time."""
    return str(telling_of(message))


def _last_delivery(message: Message) -> dict[str, str]:
    if not hasattr(message, "last_delivery"):
        read: Any = Message.objects.filter(pk=message.pk).with_telling().only("pk").first()
        message.last_delivery = read.last_delivery if read else None  # type: ignore[attr-defined]
    return message.last_delivery or {}  # type: ignore[attr-defined]


def _channel(name: str | None) -> str:
    return str(ChannelName(name).label) if name else "–"


def _minute(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "n-j H:i") if at else "–"
