"""Reading what came, by cursor: kept in one transaction with the cursor, and acted on as callbacks are.

WeCom only says that there is something to read. So it is read when it says so, and every minute in any case. It keeps
three days; what it answers twice is kept once, by the number that it gave.
"""

import hashlib
from contextlib import suppress
from typing import Any
from xml.sax.saxutils import escape

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from messaging import connected
from messaging.callbacks.handling import Told
from messaging.channels.wecom import application
from messaging.models import Callback, Conversation, ConversationCursor
from messaging.wecom.errors import ContentProblem, ProviderError, Transient
from messaging.wecom.service import CustomerService, Page

EVENT = "kf_msg_or_event"
ENTERED, WROTE, NOT_SENT, OTHER = "kf_entered", "kf_wrote", "kf_not_sent", "kf_other"
OF_CUSTOMER = 3
MOST_PAGES = 50


def service() -> CustomerService:
    """The client of the application in use."""
    client, _circuit, _budget = application(**connected.wecom())
    return CustomerService(client)


def rung(told: Told) -> str:
    """WeCom says that there is something to read. Raises a ProviderError."""
    account = connected.kf()
    if account is None or told.get("OpenKfId") != account.number:
        return "account_unknown"
    try:
        read(account.number, token=told.get("Token"))
    except ContentProblem:
        read(account.number)  # the token is older than ten minutes
    except Transient as error:
        if error.errcode is None:
            raise
        read(account.number)
    return ""


def read_all() -> int:
    """What WeCom's calls may have missed; returns how many entries were new. While WeCom does not let us read, that is
    noted with the account, where it is watched, and is no failure of the job."""
    account = connected.kf()
    with suppress(ProviderError):
        return read(account.number) if account else 0
    return 0


def read(account: str, *, token: str = "") -> int:
    """Read on from where the account was read to; returns how many entries were new. Raises a ProviderError.

    Two that read at once read the same, of which one is kept.
    """
    new, kf = 0, service()
    ConversationCursor.objects.get_or_create(account=account)
    for _page in range(MOST_PAGES):
        place = ConversationCursor.objects.get(account=account).cursor
        try:
            page = kf.page(account, cursor=place, token=token)
        except ProviderError as error:
            if isinstance(error, ContentProblem) and place and not token:
                # WeCom knows the place no more: all that it still has is read anew, and what is known is kept once.
                ConversationCursor.objects.filter(account=account, cursor=place).update(cursor="")
                continue
            _failed(account, error.code)
            raise
        new += _keep(account, place, page)
        if not page.has_more:
            break
    return new


def _failed(account: str, code: str) -> None:
    ours = ConversationCursor.objects.filter(account=account)
    ours.update(failing_since=Coalesce("failing_since", timezone.now()), last_code=code[:80])


def _keep(account: str, place: str, page: Page) -> int:
    with transaction.atomic():
        cursor = ConversationCursor.objects.select_for_update().get(account=account)
        if cursor.cursor != place:
            return 0
        rows = [_row(account, entry) for entry in page.entries]
        known = set(
            Callback.objects.filter(digest__in=[row.digest for row in rows]).values_list("digest", flat=True)
        )
        Callback.objects.bulk_create(rows, ignore_conflicts=True)
        cursor.cursor, cursor.read_at = page.cursor, timezone.now()
        cursor.failing_since, cursor.last_code = None, ""
        cursor.save()
    return sum(row.digest not in known for row in rows)


def _row(account: str, entry: dict[str, Any]) -> Callback:
    event = entry.get("event") or {}
    fields = {
        "msgid": entry.get("msgid", ""),
        "at": entry.get("send_time", ""),
        "text": (entry.get("text") or {}).get("content", ""),
        "menu": (entry.get("text") or {}).get("menu_id", ""),
        "scene_param": event.get("scene_param", ""),
        "welcome_code": event.get("welcome_code", ""),
        "fail_msgid": event.get("fail_msgid", ""),
        "fail_type": event.get("fail_type", ""),
    }
    whom = str(entry.get("external_userid") or event.get("external_userid") or "")
    conversation = _conversation(account, whom) if whom else None
    inner = "".join(f"<{name}>{escape(_clean(str(value)))}</{name}>" for name, value in fields.items())
    return Callback(
        digest=hashlib.sha256(f"kf:{account}:{fields['msgid']}".encode()).hexdigest(),
        event=_event(entry, event),
        content=f"<xml>{inner}</xml>",
        conversation=conversation,
    )


def _clean(text: str) -> str:
    """What XML cannot hold is left out."""
    return "".join(
        letter for letter in text if letter in "\t\n" or (letter >= " " and letter not in "\ufffe\uffff")
    )


def _event(entry: dict[str, Any], event: dict[str, Any]) -> str:
    if entry.get("origin") == OF_CUSTOMER:
        return WROTE
    return {"enter_session": ENTERED, "msg_send_fail": NOT_SENT}.get(str(event.get("event_type")), OTHER)


def _conversation(account: str, whom: str) -> Conversation:
    return Conversation.objects.get_or_create(account=account, external_userid=whom[:64])[0]
