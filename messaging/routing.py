"""Which channels reach a person, in which order."""

from messaging import channels
from messaging.addressbook import Entry
from messaging.enums import ChannelName
from messaging.wechat import open_conversation


def reaches(person: Entry) -> bool:
    """Whether any connected channel has an address for them."""
    return any(_is_way(person, name) for name in ChannelName)


def _is_way(person: Entry, name: str) -> bool:
    return channels.channel(name).is_connected() and bool(address(person, name))


def route(person: Entry) -> list[ChannelName]:
    """The channels that have an address for them and are connected: WeCom, WeChat, SMS, e-mail, the inbox.

    Whom none of them reaches is written to by e-mail all the same: it fails at once, and the ledger shows it.
    """
    usable = [name for name in ChannelName if _is_way(person, name)]
    return usable or [ChannelName.EMAIL]


def next_channel(person: Entry, *, after: str) -> ChannelName | None:
    """The channel to use when `after` cannot reach the person, None when there is no other."""
    order = list(ChannelName)
    later = order[order.index(ChannelName(after)) + 1 :]
    return next((name for name in route(person) if name in later), None)


def address(person: Entry, channel: str) -> str:
    """Where the channel finds the person; empty when it cannot. A conversation in WeChat counts while it is open."""
    if channel == ChannelName.KF:
        found = None if person.user_id is not None else open_conversation(person.ref)
        return str(found.pk) if found else ""
    return person.addresses.get(channel, "")
