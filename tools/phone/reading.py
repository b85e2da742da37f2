"""What somebody has on their phone: WeCom as the emulator shows it, texts and mails as they went out, newest first."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max
from django.db.models.functions import Lower
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging import connected
from messaging.addressbook import USER, Entry, look_up, look_up_all
from messaging.channels.sms import fitting
from messaging.enums import ApprovalState, ChannelName, DeliveryState
from messaging.models import Delivery, Message
from messaging.refs import Ref
from messaging.sms.text import filled, values_of, whole
from notifications.addresses import ROOM_LINK, WECHAT_LINK
from people.models import User
from tools.wecom.approvals import AGREED, PENDING, REFUSED, WITHDRAWN

MOST_PEOPLE, MOST_SHOWN = 80, 60
LONGEST_NUMBER = 18
# What lies on a phone as the emulator tells.
LYING = (ChannelName.WECOM, ChannelName.KF)
LINKS = (ROOM_LINK, WECHAT_LINK)
_STATES = {
    PENDING: ApprovalState.ASKED.label,
    AGREED: ApprovalState.APPROVED.label,
    REFUSED: ApprovalState.REFUSED.label,
    WITHDRAWN: _("Taken back"),
}
_ADDRESS = re.compile(r"https?://[^\s<>\"，。；）、]+")


@dataclass(frozen=True)
class Person:
    """Somebody who was written to, and when last."""

    ref: Ref
    name: str
    at: datetime

    @property
    def number(self) -> str:
        """As it stands in the page's address."""
        return f"{self.ref.type}:{self.ref.id}"

    @property
    def is_colleague(self) -> bool:
        """Reads in WeCom; others are outside of it."""
        return self.ref.type == USER


@dataclass(frozen=True)
class Button:
    """A button of a card: with a key it is pressed, with an address it opens that."""

    text: str
    key: str = ""
    url: str = ""


@dataclass(frozen=True)
class Request:
    """One of WeCom's approvals on a phone: what became of it so far, and what whose phone it is may do about it."""

    number: str
    said: tuple[str, ...] = ()
    may_decide: bool = False
    may_withdraw: bool = False


@dataclass(frozen=True)
class Shown:
    """One message as its reader sees it. `opens`: the message whose personal links, by their
    places in LINKS, are made when they are opened. `request`: it is no message, but an approval.
    """

    channel: str
    at: datetime
    text: SafeString
    title: str = ""
    is_theirs: bool = False
    msgid: str = ""
    buttons: tuple[Button, ...] = ()
    replaced: str = ""
    url: str = ""
    opens: int | None = None
    links: tuple[int, ...] = ()
    label: str = field(default="")
    request: Request | None = None


def people(asked: Mapping[str, float] | None = None) -> list[Person]:
    """Who was written to, whoever was last first. `asked`: whom WeCom asks to approve something, and since when."""
    rows = (
        Message.objects.filter(accepted_at__isnull=False)
        .order_by()
        .values("user", "addressee_type", "addressee_id")
        .annotate(at=Max("accepted_at"))
        .order_by("-at")[:MOST_PEOPLE]
    )
    when = {
        Ref(USER, row["user"])
        if row["user"]
        else Ref(row["addressee_type"], int(row["addressee_id"] or 0)): row["at"]
        for row in rows
    }
    since = {userid.lower(): _moment(at) for userid, at in (asked or {}).items()}
    if since:
        colleagues = User.objects.annotate(userid=Lower("wecom_userid")).filter(userid__in=since)
        for pk, userid in colleagues.values_list("pk", "userid"):
            when[Ref(USER, pk)] = max(since[userid], when.get(Ref(USER, pk), since[userid]))
        when = dict(sorted(when.items(), key=lambda one: one[1], reverse=True))
    entries = look_up_all(when)
    return [Person(ref, entries[ref].name, at) for ref, at in when.items() if ref in entries]


def entry_of(number: str) -> Entry | None:
    """The person behind a part of the page's address; None for nobody."""
    kind, _colon, pk = number.rpartition(":")
    if not pk.isascii() or not pk.isdecimal() or len(pk) > LONGEST_NUMBER:
        return None
    try:
        return look_up(Ref(kind, int(pk)))
    except LookupError:
        return None


def outside_of(entry: Entry) -> str:
    """Whose conversation with 微信客服 it is: the demo's made-up user of WeChat. Colleagues have none."""
    return "" if entry.ref.type == USER else f"wm-{entry.ref.type.rpartition('.')[2]}-{entry.ref.id}"


def shown_to(entry: Entry, lying: dict[str, Any]) -> list[Shown]:
    """All of it, newest first."""
    in_wecom = {one["msgid"]: one for one in lying["messages"]}
    found = [_in_wecom(one) for one in in_wecom.values()]
    found += [_asked(one) for one in lying["requests"]]
    found += [
        Shown("kf", _moment(one["at"]), linked(one["text"]), is_theirs=one["is_theirs"])
        for one in lying["said"]
    ]
    found += _delivered(entry, {*in_wecom, *(one.get("msgid", "") for one in lying["said"])})
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_SHOWN]


def _delivered(entry: Entry, known: set[str]) -> Iterator[Shown]:
    """What went out by text message and mail, and in WeCom and 微信客服 before the emulator began anew."""
    theirs = (
        {"message__user": entry.ref.id}
        if entry.ref.type == USER
        else {"message__addressee_type": entry.ref.type, "message__addressee_id": entry.ref.id}
    )
    rows = (
        Delivery.objects.filter(state=DeliveryState.ACCEPTED, **theirs)
        .exclude(channel=ChannelName.INBOX)
        .select_related("message")
        .order_by("-accepted_at")[:MOST_SHOWN]
    )
    for row in rows:
        if row.channel in LYING and row.provider_id in known:
            continue
        message = row.message
        links = [place for place, link in enumerate(LINKS) if link.mark in message.body]
        text = _as_text(message) if row.channel == ChannelName.SMS else None
        if text is not None:
            # Of the addresses that the message holds a text has the first one.
            links = sorted(links, key=lambda place: message.body.index(LINKS[place].mark))[:1]
        yield Shown(
            row.channel,
            row.accepted_at or message.created_at,
            linked(message.shown_body if text is None else text),
            title=message.subject if text is None else "",
            opens=message.pk,
            links=tuple(links),
            label=str(row.get_channel_display()),
        )


def _as_text(message: Message) -> str | None:
    """As the phone shows it: the approved text, filled in as it went out. None once no approved text fits any more."""
    account = connected.sms()
    if account is None:
        return None
    values = values_of(name=message.recipient_name, subject=message.subject, body=message.shown_body)
    found = fitting(account, kind=message.kind, language=message.language, values=values)
    return whole(account.account.signature, filled(found[0].text, found[1])) if found else None


def _in_wecom(one: dict[str, Any]) -> Shown:
    content, at = one["content"], _moment(one["at"])
    if one["kind"] == "template_card":
        return Shown(
            ChannelName.WECOM,
            at,
            linked(str(content.get("sub_title_text", ""))),
            title=str((content.get("main_title") or {}).get("title", "")),
            msgid=one["msgid"],
            buttons=tuple(
                Button(str(each["text"]), str(each.get("key", "")), str(each.get("url", "")))
                for each in content.get("button_list") or []
            ),
            replaced=one["replaced"],
            url=str((content.get("card_action") or {}).get("url", "")),
        )
    if one["kind"] == "textcard":
        return Shown(
            ChannelName.WECOM,
            at,
            linked(str(content["description"])),
            title=str(content["title"]),
            buttons=(Button(str(content.get("btntxt") or "详情"), url=str(content["url"])),),
        )
    return Shown(ChannelName.WECOM, at, linked(str(content.get("content", ""))))


def _asked(one: dict[str, Any]) -> Shown:
    """As WeCom's own approvals show it, in WeCom's words."""
    answers = [
        " · ".join(filter(None, (each["name"], str(_STATES[each["state"]]), each["words"])))
        for each in one["decisions"]
    ]
    said = tuple(answers or [str(_STATES[one["state"]])])
    request = Request(one["number"], said, one["may"]["decide"], one["may"]["withdraw"])
    title = gettext("Approval asked for by %(name)s") % {"name": one["creator"]}
    return Shown(ChannelName.WECOM, _moment(one["at"]), linked(one["text"]), title=title, request=request)


def linked(text: str) -> SafeString:
    """The text with its lines, and with its addresses as links."""
    return format_html_join("", "{}", ((piece,) for piece in _pieces(text)))


def _pieces(text: str) -> Iterable[SafeString | str]:
    end = 0
    for found in _ADDRESS.finditer(text):
        yield text[end : found.start()]
        yield format_html('<a href="{0}" target="_blank" rel="noopener">{0}</a>', found[0])
        end = found.end()
    yield text[end:]


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
