"""What a delivery hands to a channel and what it gets back. Channels know providers, never people or processes."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

from messaging.faces import Face
from messaging.kinds import Attachment

# What was promised within a minute does not wait longer for a shut channel where another is open.
PATIENCE_SECONDS = 60

State = Literal["accepted", "retry", "ambiguous", "failed", "paused"]


# We keep it from the channel: it shows nobody more than so many in a minute.
MEMBER_BUDGET = "member_budget"


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One message to one address, final: repeated tries of a delivery hand over equal text and an equal key.

    `provider_key` names the delivery and stays the same over its tries, so that a provider can recognise a repeat.
    `first_tried_at` is None on the first try; `attempt_number` counts from 1. `unconfirmed` says that an earlier try
    ended with an outcome that was `unconfirmed`: the provider may have the message already. An `attachment` is for
    channels that take files, a `face` for those that have buttons: it may differ from try to try. `kind` and `name`
    (the reader's) are for channels that say it in a text of their own.
    """

    recipient_address: str
    subject: str
    body: str
    language: str
    provider_key: str
    first_tried_at: datetime | None = None
    attempt_number: int = 1
    unconfirmed: bool = False
    attachment: Attachment | None = None
    face: Face | None = None
    kind: str = ""
    name: str = ""

    def __repr__(self) -> str:
        return f"Outgoing(provider_key={self.provider_key!r}, attempt_number={self.attempt_number})"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a card shows (a face's digest, empty where that is not known), and the code by which it may be changed."""

    code: str
    shows: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one try ended. Nothing in it is personal or secret: it may be stored, logged and shown.

    - `accepted`: the provider has it under `provider_id`.
    - `retry`: hand the same message over again, after `retry_after_seconds` or, when None, the delivery's own back-off.
    - `ambiguous`: the provider may have it, and another try could show it twice. A person or its class decides.
    - `failed`: it will never be taken here.
    - `paused`: nothing was tried, or nothing counts, because the whole channel is shut for `retry_after_seconds`.

    `try_next_channel`: do not wait for this channel. `burns_attempt`: the try counts against the delivery's limit.
    `unconfirmed`: this try may have been taken although nobody said so; pass it on in the next `Outgoing`. `receipted`:
    whether the phone got it is learnt later, by asking. `segments`: in how many pieces it went out. `card`: of what
    went out with buttons. `repeated`: it was sent once more after a try that may have been taken, and the provider
    knows a repeat by nothing.
    """

    state: State
    provider_id: str = ""
    code: str = ""
    retry_after_seconds: int | None = None
    try_next_channel: bool = False
    burns_attempt: bool = True
    unconfirmed: bool = False
    receipted: bool = False
    segments: int | None = None
    card: Shown | None = None
    repeated: bool = False


class Channel(Protocol):
    """A way to reach somebody."""

    name: str

    def is_connected(self) -> bool:
        """Whether the channel may be chosen in this installation."""

    def send(self, outgoing: Outgoing) -> Outcome:
        """Try once. Called outside any transaction; raises nothing for what a provider or the network does."""


def remember_unconfirmed(outgoing: Outgoing, outcome: Outcome) -> Outcome:
    """`outcome`, still knowing that an earlier try may have been taken.

    Such a message stays in its channel, where a repeat can be recognised: another channel would tell it twice.
    """
    if outgoing.unconfirmed and outcome.state in ("retry", "paused"):
        return replace(outcome, unconfirmed=True, try_next_channel=False)
    return outcome


def paused(seconds: int, code: str) -> Outcome:
    """Nothing was tried: the channel is shut so long. Another one is tried where that is too long to wait."""
    return Outcome(
        state="paused",
        code=code,
        retry_after_seconds=seconds,
        try_next_channel=seconds > PATIENCE_SECONDS,
        burns_attempt=False,
    )
