"""The ways to reach somebody, by name."""

from notifications.channels.base import Channel, Outcome, Outgoing
from notifications.channels.email import EmailChannel
from notifications.channels.inbox import InboxChannel
from notifications.channels.wecom import WeComChannel

__all__ = ["CHANNELS", "Channel", "Outcome", "Outgoing", "channel"]

CHANNELS: dict[str, Channel] = {one.name: one for one in (WeComChannel(), EmailChannel(), InboxChannel())}


def channel(name: str) -> Channel:
    """The channel called `name`. Raises KeyError for a name that was never registered."""
    return CHANNELS[name]
