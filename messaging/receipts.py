"""Whether the phone got it: asked of the SMS provider, and what follows when it did not."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from core.jobs.sets import each
from messaging import connected
from messaging.enums import AttemptOutcome, ChannelName, Receipt
from messaging.models import Delivery, Message
from messaging.outcomes import not_arrived
from messaging.providers.circuit import Circuit
from messaging.providers.errors import ProviderError
from messaging.routing import address
from messaging.sms.base import Found
from messaging.sms.providers import provider

# Providers give up on a phone that is switched off after three days.
LEARNT_WITHIN = timedelta(hours=72)
AT_ONCE = 50


def ask_due(limit: int = AT_ONCE) -> int:
    """Ask for those whose time has come, at most `limit`; returns how many are known now. No call inside a transaction.

    A minute after sending, then after ever twice the time that has gone by. While the provider does not answer the rest
    waits for the next run.
    """
    waiting = Delivery.objects.filter(receipt=Receipt.WAITING, ask_at__lte=timezone.now())
    return each(
        list(waiting.order_by("ask_at", "id").values_list("pk", flat=True)[:limit]), _ask, what="receipt"
    )


def _ask(delivery_id: int) -> int:
    delivery = Delivery.objects.select_related("message__user").get(pk=delivery_id)
    sent_at = delivery.accepted_at or timezone.now()
    found = _found(delivery, sent_at)
    if found is not None and found.arrived is not None:
        return _note(delivery_id, Receipt.ARRIVED if found.arrived else Receipt.FAILED, found.code)
    gone = timezone.now() - sent_at
    if gone >= LEARNT_WITHIN:
        return _note(delivery_id, Receipt.UNKNOWN, "")
    Delivery.objects.filter(pk=delivery_id, receipt=Receipt.WAITING).update(
        ask_at=timezone.now() + max(gone, timedelta(minutes=1))
    )
    return 0


def _found(delivery: Delivery, sent_at: datetime) -> Found | None:
    """None when it is not known, or cannot be asked now."""
    sms, person = connected.sms(), delivery.message.recipient
    phone = address(person, ChannelName.SMS) if person else ""
    if sms is None or not phone:
        return None
    account = sms.account
    circuit = Circuit(f"sms|{account.provider}|{account.base_url}|{account.key_id}|{account.application}")
    if circuit.current() is not None:
        return None
    # An answer that got lost is known hours after the text went out.
    since = delivery.attempts.exclude(outcome=AttemptOutcome.PAUSED).aggregate(at=Min("started_at"))["at"]
    try:
        return provider(account).find(
            phone=phone, key=delivery.provider_key, since=since or sent_at, until=sent_at
        )
    except ProviderError:
        return None


def _note(delivery_id: int, receipt: Receipt, code: str) -> int:
    """Write it down. What did not arrive goes to the next channel; where there is none, somebody has to call."""
    with transaction.atomic():
        message_id = Delivery.objects.values_list("message_id", flat=True).get(pk=delivery_id)
        message = (
            Message.objects.select_for_update(no_key=True, of=("self",))
            .select_related("user")
            .get(pk=message_id)
        )
        mine = Delivery.objects.select_for_update(no_key=True).filter(pk=delivery_id, receipt=Receipt.WAITING)
        if not mine.exists():
            return 0
        Delivery.objects.filter(pk=delivery_id).update(receipt=receipt, ask_at=None)
        if receipt == Receipt.FAILED:
            not_arrived(message, delivery_id, code=f"sms_not_arrived {code}".strip(), channel=ChannelName.SMS)
    return 1
