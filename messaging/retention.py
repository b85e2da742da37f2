"""How long it is kept what somebody was told, and how it went out."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.jobs.retention import Keep
from messaging.enums import CallbackState, MessageState
from messaging.models import (
    Approval,
    Attempt,
    Callback,
    Card,
    Conversation,
    ConversationLink,
    Delivery,
    Message,
)


def _all_that_hangs_on(messages: list[int]) -> None:
    deliveries = list(Delivery.objects.filter(message__in=messages).values_list("pk", flat=True))
    Attempt.objects.filter(delivery__in=deliveries)._raw_delete("default")
    Card.objects.filter(delivery__in=deliveries)._raw_delete("default")
    Delivery.objects.filter(pk__in=deliveries)._raw_delete("default")
    Message.objects.filter(coalesced_into__in=messages).update(coalesced_into=None)


def _without_text(messages: list[int], now: datetime) -> None:
    Message.objects.filter(pk__in=messages).update(body="", text_gone_at=now)


def _as_if_never_met(conversations: list[int]) -> None:
    """What they wrote goes with them; and a link that they used, lest another WeChat comes by it."""
    Callback.objects.filter(conversation__in=conversations).delete()
    ConversationLink.objects.filter(used_by__in=conversations).delete()


# What still goes out is under way; a person may still have sent again what failed, within the same time.
_OVER = {"text_gone_at__isnull": True, "state__in": [*set(MessageState) - set(MessageState.under_way)]}

KEPT = [
    # That somebody was told, when and how is what a claim is about; the words serve whoever answers questions on it.
    Keep(
        Message,
        since="created_at",
        days=366,
        may_go=_OVER,
        instead=_without_text,
        title=_("texts of messages"),
        why=_(
            "To answer questions about what was said. That it was said, when and how, and its subject are kept longer."
        ),
        bounds=(30, 3 * 366),
    ),
    # Three years, as long as a claim may be raised of what a candidate or colleague was told (Civil Code, article 188).
    Keep(
        Message,
        since="created_at",
        days=3 * 366,
        may_go={},
        first=_all_that_hangs_on,
        why=_(
            "As long as a claim may be raised of what a candidate or colleague was told (Civil Code, article 188)."
        ),
        bounds=(366, 5 * 366),
    ),
    # The record itself keeps who agreed, and when.
    Keep(
        Approval,
        since="made_at",
        days=366,
        may_go={"due_at": None},
        why=_("To look into what was asked in WeCom; the record itself keeps who agreed, and when."),
    ),
    # Longer than an old one would be taken for a new one, and no longer than a colleague looks into what went wrong.
    Keep(
        ConversationLink,
        since="made_at",
        days=366,
        may_go={},
        why=_("A year after it was made nobody comes by it any more."),
    ),
    # Whose it is goes with the person. Who writes again after this is greeted as somebody new.
    Keep(
        Conversation,
        since="came_at",
        days=90,
        may_go={"addressee_id__isnull": True},
        first=_as_if_never_met,
        title=_("WeChats that nobody is known by"),
        why=_("Somebody who wrote once may come by a link later; after that nothing needs who it was."),
        bounds=(30, 366),
    ),
    Keep(
        Callback,
        since="received_at",
        days=30,
        may_go={"state": CallbackState.DONE},
        why=_("To look into what WeCom said and what came of it."),
    ),
]
