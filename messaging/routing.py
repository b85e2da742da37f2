"""Which channels reach a person, in which order."""

from messaging import channels
from messaging.addressbook import Entry
from messaging.enums import ChannelName


def reaches(person: Entry) -> bool:
    """Whether any connected channel has an address for them."""
    return any(person.addresses.get(name) and channels.channel(name).is_connected() for name in ChannelName)


def route(person: Entry) -> list[ChannelName]:
    """The channels that have an address for them and are connected: WeCom, SMS, e-mail, the inbox.

    Whom none of them reaches is written to by e-mail all the same: it fails at once, and the ledger shows it.
    """
    usable = [
        name for name in ChannelName if person.addresses.get(name) and channels.channel(name).is_connected()
    ]
    return usable or [ChannelName.EMAIL]


def next_channel(person: Entry, *, after: str) -> ChannelName | None:
    """The channel to use when `after` cannot reach the person, None when there is no other."""
    order = list(ChannelName)
    later = order[order.index(ChannelName(after)) + 1 :]
    return next((name for name in route(person) if name in later), None)


def address(person: Entry, channel: str) -> str:
    """Where the channel finds the person; empty when it cannot."""
    return person.addresses.get(channel, "")
