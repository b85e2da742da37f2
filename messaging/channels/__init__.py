"""The ways to reach somebody, by name."""

from messaging.channels.base import Channel, Outcome, Outgoing
from messaging.channels.email import EmailChannel
from messaging.channels.inbox import InboxChannel
from messaging.channels.kf import KfChannel
from messaging.channels.sms import SmsChannel
from messaging.channels.wecom import WeComChannel

__all__ = ["CHANNELS", "Channel", "Outcome", "Outgoing", "channel"]

CHANNELS: dict[str, Channel] = {
    one.name: one for one in (WeComChannel(), KfChannel(), SmsChannel(), EmailChannel(), InboxChannel())
}


def channel(name: str) -> Channel:
    """The channel called `name`. Raises KeyError for a name that was never registered."""
    return CHANNELS[name]
