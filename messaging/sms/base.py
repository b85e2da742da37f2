"""What an SMS provider is asked for, whichever it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whose account, to which server, under which signature. `application` is Tencent Cloud's alone."""

    provider: str
    key_id: str
    secret: str = field(repr=False)
    application: str
    signature: str
    base_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Text:
    """One message: an approved text by its number, and its variables in their order. `key` comes back in receipts."""

    phone: str = field(repr=False)
    number: str
    values: Mapping[str, str] = field(repr=False)
    key: str


@dataclass(frozen=True)
class Found:
    """What the provider says of a message it took: its own number, and whether the phone got it (None: not known yet).

    `code` is the network's word for why not, without anything personal.
    """

    provider_id: str
    arrived: bool | None
    code: str = ""


State = Literal["approved", "waiting", "refused", "missing"]


@dataclass(frozen=True)
class Approval:
    """What the provider says of a text that was handed in for approval, in its own spelling of variables."""

    state: State
    text: str = ""


class Provider(Protocol):
    """One SMS service. Phones are E.164 numbers of mainland China. Every call raises a ProviderError.

    No provider recognises a repeat, so a send whose answer got lost is looked up by its `key` before another.
    """

    def send(self, text: Text) -> str:
        """Have it sent; the provider's number for it. Ambiguous: it may have been taken."""

    def find(self, *, phone: str, key: str, since: datetime, until: datetime) -> Found | None:
        """What became of the message `key`, sent between these moments of our clock; None when the provider does not
        know it (yet)."""

    def approvals(self, numbers: Sequence[str]) -> dict[str, Approval]:
        """Whether each of these texts is approved, and how it reads. Proves the account's key and secret, too."""
