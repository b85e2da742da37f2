"""Which channels reach a person, in which order."""

from notifications import channels
from notifications.audiences import Person
from notifications.enums import ChannelName
from people.models import User


def route(person: Person) -> list[ChannelName]:
    """Candidates by e-mail. Colleagues by WeCom when it is connected and knows them, then e-mail, then the inbox."""
    if not isinstance(person, User):
        return [ChannelName.EMAIL]
    names = []
    if person.wecom_userid and channels.channel(ChannelName.WECOM).is_connected():
        names.append(ChannelName.WECOM)
    if person.email:
        names.append(ChannelName.EMAIL)
    return [*names, ChannelName.INBOX]


def next_channel(person: Person, *, after: str) -> ChannelName | None:
    """The channel to use when `after` cannot reach the person, None when there is no other."""
    order = list(ChannelName)
    later = order[order.index(ChannelName(after)) + 1 :]
    return next((name for name in route(person) if name in later), None)


def address(person: Person, channel: str) -> str:
    """Where the channel finds the person; empty when it cannot."""
    if channel == ChannelName.EMAIL:
        return person.email
    if not isinstance(person, User):
        return ""
    return person.wecom_userid if channel == ChannelName.WECOM else person.username
