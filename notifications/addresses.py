"""How a candidate is reached, and the way back that a candidate's message holds."""

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from messaging import wechat
from messaging.addressbook import Entry
from messaging.channels.sms import MOBILE
from messaging.enums import ChannelName
from messaging.kinds import Placeholder
from messaging.models import Message
from messaging.refs import Ref, ref
from notifications.enums import Audience
from notifications.validity import INTERVIEW
from onboarding.models import OnboardingCase
from people.actors import Party
from recruitment.models import Candidate, Offer, SlotOffer
from recruitment.services import links


def candidate(row: Candidate) -> Entry:
    """A candidate is written to by text message, where the number is a mobile one in mainland China, else by e-mail."""
    return Entry(
        ref=ref(row),
        name=row.name,
        language=row.language,
        addresses={
            ChannelName.SMS: row.phone if MOBILE.fullmatch(row.phone) else "",
            ChannelName.EMAIL: row.email,
        },
        time_zone=row.time_zone,
        phone=row.phone,
    )


def forget(sender: type[Any], instance: Any, **signal: Any) -> None:
    """A record that is deleted takes the messages to it and of its story along."""
    messages = Message.objects.belonging_to(instance)
    if isinstance(instance, Candidate):
        messages = messages | Message.objects.to(instance)
        wechat.forget(ref(instance))
    messages.delete()


def _address(token: str) -> str:
    return f"{settings.BASE_URL}/i/{token}"


def _mint(message: Message) -> str | None:
    """A link made for one try alone and never written down: only its hash is kept.

    For the candidate alone: what colleagues read quotes candidates, who may write whatever they like.
    """
    if message.origin_type != INTERVIEW or message.audience != Audience.CANDIDATE:
        return None
    assert message.origin_id is not None  # noqa: S101 -- written together with its type
    with transaction.atomic(durable=True):
        return _address(
            links.mint(interview_id=message.origin_id, by=Party.SYSTEM, expires_at=_good_until(message))
        )


def _good_until(message: Message) -> datetime | None:
    """The way to an offer, to times, or to what is asked of a hire is open as long as it may be answered, however long
    the interview is over."""
    asked: dict[str, tuple[type[Model], str]] = {
        Offer._meta.label_lower: (Offer, "answer_by"),
        SlotOffer._meta.label_lower: (SlotOffer, "choose_by"),
    }
    if message.topic_type == OnboardingCase._meta.label_lower:
        start = (
            OnboardingCase.objects.filter(pk=message.topic_id)
            .values_list("forecast_start", flat=True)
            .first()
        )
        return timezone.make_aware(datetime.combine(start, time.max)) if start else None
    if message.topic_type not in asked:
        return None
    model, until = asked[message.topic_type]
    found = model._default_manager.filter(pk=message.topic_id).values_list(until, flat=True).first()
    return found + links.KIND_ANSWER if found else None


def _wechat(message: Message) -> str | None:
    """As the way back: made for one try, for the candidate alone; nothing where no account is set up any more."""
    if message.audience != Audience.CANDIDATE or message.addressee_id is None:
        return None
    with transaction.atomic(durable=True):
        return wechat.link_for(Ref(message.addressee_type, message.addressee_id)) or ""


WECHAT_LINK = Placeholder(
    mark="{wechat_link}", shown=lambda: "https://work.weixin.qq.com/kfid/••••", fill=_wechat
)

# Stands in the body for the candidate's way back; the link itself exists only in the mail that is sent.
ROOM_LINK = Placeholder(mark="{room_link}", shown=lambda: f"{settings.BASE_URL}/i/••••", fill=_mint)
