"""Answering: who somebody is, by the link that they came by; what they are told is for a floor above to say."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from messaging.callbacks.handling import Told
from messaging.conversations import reading
from messaging.models import Conversation, ConversationLink, Delivery, Message
from messaging.outcomes import not_arrived
from messaging.providers.errors import ContentProblem, ProviderError, WindowClosed
from messaging.refs import Ref
from messaging.wechat import close, digest, reserve

# WeCom takes a greeting for 20 seconds.
GREETED_WITHIN = timedelta(seconds=15)
# What WeCom says of a message that it took and did not show.
FAILED = {"4": "kf_session_over", "5": "kf_session_closed", "6": "kf_five_sent", "10": "kf_refused"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What is answered. `hand_over`: a person goes on; `colleague`: whose WeCom that is, empty for whoever is there."""

    text: str = field(repr=False)
    hand_over: bool = False
    colleague: str = ""


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Who says what is said: `greet` to somebody who comes (None: nobody knows who it is), `answer` to what they wrote,
    in one transaction with what it sets off."""

    greet: Callable[[Ref | None], str]
    answer: Callable[[Ref, str], Reply]


_speakers: list[Speaker] = []


def register(speaker: Speaker) -> None:
    """Let this one speak. Raises ValueError where somebody does already."""
    if _speakers:
        raise ValueError("somebody speaks already")
    _speakers.append(speaker)


def entered(told: Told) -> str:
    """Somebody opened the conversation: by their link we know who they are, and they are greeted while WeCom allows."""
    conversation = _conversation(told)
    code = _bind(conversation, told.get("scene_param"))
    conversation.refresh_from_db()
    welcome = told.get("welcome_code")
    if welcome and timezone.now() - told.received_at < GREETED_WITHIN:
        text = _speakers[0].greet(conversation.addressee)
        try:
            reading.service().greet(code=welcome, text=text, key=_key(told))
        except ContentProblem:
            return code or "greeting_too_late"
    return code


def _bind(conversation: Conversation, token: str) -> str:
    """Remember who it is: by a link that is good, and that no other WeChat came by. Answers why not, empty for well."""
    if not token:
        return ""
    with transaction.atomic():
        link = ConversationLink.objects.select_for_update().filter(token_hash=digest(token)).first()
        if link is None:
            return "link_unknown"
        if link.used_by_id not in (None, conversation.pk):
            return "link_used_by_another"
        if link.expires_at <= timezone.now() and link.used_by_id is None:
            return "link_expired"
        theirs = {"addressee_type": link.addressee_type, "addressee_id": link.addressee_id}
        # They have another WeChat now.
        Conversation.objects.filter(**theirs).exclude(pk=conversation.pk).update(
            addressee_type="", addressee_id=None, bound_at=None
        )
        Conversation.objects.filter(pk=conversation.pk).update(**theirs, bound_at=timezone.now())
        ConversationLink.objects.filter(pk=link.pk).update(used_by=conversation)
    return ""


def wrote(told: Told) -> str:
    """Somebody wrote: the window is open anew, and they are answered at once.

    Tried again as a whole after a failure: what their words set off is noted once, and the answer, by how things stand
    then, goes out under one name. Raises a ProviderError.
    """
    conversation = _conversation(told)
    at = datetime.fromtimestamp(int(told.get("at") or 0), UTC)
    Conversation.objects.filter(Q(wrote_at__lt=at) | Q(wrote_at=None), pk=conversation.pk).update(
        wrote_at=at, sent=0, is_closed=False
    )
    whom = conversation.addressee
    if whom is None:
        _say(conversation, _speakers[0].greet(None), told)
        return "not_known"
    with transaction.atomic():
        reply = _speakers[0].answer(whom, told.get("text"))
    _say(conversation, reply.text, told)
    if reply.hand_over:
        _hand_over(conversation, reply.colleague)
    return ""


def _say(conversation: Conversation, text: str, told: Told) -> None:
    if not reserve(conversation.pk):
        return
    try:
        reading.service().send(
            conversation.account, whom=conversation.external_userid, text=text, key=_key(told)
        )
    except WindowClosed:
        close(conversation.pk)


def _hand_over(conversation: Conversation, colleague: str) -> None:
    """To the colleague's WeCom, else to whoever serves the account. That somebody calls does not hang on it."""
    kf = reading.service()
    for name in dict.fromkeys((colleague, "")):
        try:
            kf.hand_over(conversation.account, whom=conversation.external_userid, colleague=name)
        except ProviderError as error:
            logger.warning("conversation %s was not handed over: %s", conversation.pk, error.code)
        else:
            return


def not_sent(told: Told) -> str:
    """WeCom took a message of ours and did not show it: it goes another way."""
    reason = FAILED.get(told.get("fail_type"), "kf_not_shown")
    conversation = _conversation(told)
    close(conversation.pk)
    delivery = Delivery.objects.filter(provider_key=told.get("fail_msgid"), channel="kf").first()
    if delivery is None:
        return reason
    with transaction.atomic():
        rows = Message.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
        message = rows.get(pk=delivery.message_id)
        mine = Delivery.objects.select_for_update(no_key=True).filter(pk=delivery.pk, state="accepted")
        if mine.exists():
            not_arrived(message, delivery.pk, code=reason, channel="kf")
        told.settle()
    return reason


def _conversation(told: Told) -> Conversation:
    """Whose entry it is. Raises NotFound("conversation_unknown")."""
    found = Conversation.objects.filter(pk=told.conversation_id).first() if told.conversation_id else None
    if found is None:
        raise NotFound("conversation_unknown", _("There is no such conversation."))
    return found


def _key(told: Told) -> str:
    """The name of an answer: the same for every try."""
    return hashlib.sha256(f"answer:{told.get('msgid')}".encode()).hexdigest()[:32]
