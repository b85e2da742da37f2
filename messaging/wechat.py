"""Conversations in WeChat: the links that say who somebody is, and how many messages may still be sent."""

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import quote

from django.db.models import F
from django.utils import timezone

from messaging import connected
from messaging.models import Conversation, ConversationLink
from messaging.models.conversations import MOST_SENT, OPEN_FOR
from messaging.refs import Ref

LINK_DAYS = timedelta(days=30)


def digest(token: str) -> str:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_for(whom: Ref) -> str | None:
    """A new link that says who comes by it, good for a month; its 256 bits are known this one time. None where no
    account is set up."""
    account = connected.kf()
    if account is None:
        return None
    token = secrets.token_urlsafe(32)
    ConversationLink.objects.create(
        token_hash=digest(token),
        addressee_type=whom.type,
        addressee_id=whom.id,
        expires_at=timezone.now() + LINK_DAYS,
    )
    sign = "&" if "?" in account.url else "?"
    return f"{account.url}{sign}scene_param={quote(token)}"


def open_conversation(whom: Ref) -> Conversation | None:
    """Where a message to them would be shown now; None without an account, before they wrote, or after its time."""
    if connected.kf() is None:
        return None
    return Conversation.objects.open_to(whom).first()


def reserve(conversation_id: int) -> bool:
    """Count one more message; False when WeCom would not show it."""
    window = Conversation.objects.filter(
        pk=conversation_id, sent__lt=MOST_SENT, is_closed=False, wrote_at__gt=timezone.now() - OPEN_FOR
    )
    return bool(window.update(sent=F("sent") + 1))


def close(conversation_id: int) -> None:
    """WeCom takes no more until they write again."""
    Conversation.objects.filter(pk=conversation_id).update(is_closed=True)


def readdress(*, was: Ref, now: Ref) -> None:
    """What was known of one entry is known of another from now on; of two conversations the present one's stays."""
    links = ConversationLink.objects.filter(addressee_type=was.type, addressee_id=was.id)
    links.update(addressee_type=now.type, addressee_id=now.id)
    theirs = Conversation.objects.filter(addressee_type=was.type, addressee_id=was.id)
    if Conversation.objects.filter(addressee_type=now.type, addressee_id=now.id).exists():
        theirs.update(addressee_type="", addressee_id=None, bound_at=None)
    else:
        theirs.update(addressee_type=now.type, addressee_id=now.id)


def forget(whom: Ref) -> None:
    """They are gone, and with them what they wrote."""
    Conversation.objects.filter(addressee_type=whom.type, addressee_id=whom.id).delete()
    ConversationLink.objects.filter(addressee_type=whom.type, addressee_id=whom.id).delete()
