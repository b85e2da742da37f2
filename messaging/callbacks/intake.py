"""One call of WeCom: that it is WeCom's, and keeping it. Nothing is done about it here, and nobody is called."""

import hashlib
import re
import time
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Invalid, NotFound
from messaging import connected
from messaging.models import Callback
from messaging.wecom.cipher import Keys, Unreadable

# WeCom repeats within seconds. What is older was caught and sent again; what is kept lives longer than this.
LONGEST_DRIFT_SECONDS = 24 * 3600
LONGEST_EVENT = 60
_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)


class NotFromWeCom(DomainError):
    """Whoever sent this does not know the token, or sends again what is old."""

    status = 401


def echoed(query: Mapping[str, str]) -> str:
    """What WeCom wants to read back when the address is saved in its console. Raises as `keep`."""
    return _opened(_keys(), query, query.get("echostr", ""))


def keep(query: Mapping[str, str], body: bytes) -> None:
    """Write down what WeCom says; what is there already stays as it is. One insert.

    Raises NotFromWeCom("signature_wrong", "timestamp_stale", "other_company"), Invalid("garbled"),
    NotFound("not_connected").
    """
    keys = _keys()
    text = _opened(keys, query, fields_of(body).get("Encrypt", ""))
    event = event_of(fields_of(text.encode()))
    if not event:
        raise _garbled()
    row = Callback(digest=hashlib.sha256(text.encode()).hexdigest(), event=event, content=text)
    Callback.objects.bulk_create([row], ignore_conflicts=True)


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of WeCom's XML; those of an element within it as `element/field`, the first of each name.

    Invalid("garbled"), also for what declares things of its own.
    """
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise _garbled()
    try:
        root = ET.fromstring(body)  # noqa: S314 -- nothing is declared in it, and the size has its limit
    except (ET.ParseError, ValueError, LookupError):
        raise _garbled() from None
    found = {each.tag: (each.text or "").strip() for each in root}
    for each in root:
        for part in each:
            found.setdefault(f"{each.tag}/{part.tag}", (part.text or "").strip())
    return found


def event_of(fields: Mapping[str, str]) -> str:
    """What is told: the event, or the type of message where it is none."""
    return (fields.get("Event") or fields.get("MsgType") or "")[:LONGEST_EVENT]


def _keys() -> Keys:
    keys = connected.callback_keys()
    if keys is None:
        raise NotFound("not_connected", _("Callbacks of WeCom are not set up."))
    return keys


def _opened(keys: Keys, query: Mapping[str, str], encrypted: str) -> str:
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    try:
        text = keys.open(
            encrypted, signature=query.get("msg_signature", ""), timestamp=timestamp, nonce=nonce
        )
    except Unreadable as error:
        if error.code == "garbled":
            raise _garbled() from None
        raise NotFromWeCom(error.code, _("The signature does not fit.")) from None
    if _TIME.fullmatch(timestamp) is None or abs(time.time() - int(timestamp)) > LONGEST_DRIFT_SECONDS:
        raise NotFromWeCom("timestamp_stale", _("The time of the call is more than a day off."))
    return text


def _garbled() -> Invalid:
    return Invalid("garbled", _("This cannot be read."))
