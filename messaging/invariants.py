"""What messaging promises about its own data."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.checks.declaring import Invariant
from messaging.enums import CallbackState, DeliveryState
from messaging.models import Callback, ChannelPause, Delivery

# A minute is promised; a quarter of an hour later nobody is at work any more.
TRIED_WITHIN = timedelta(minutes=15)


def overdue() -> QuerySet[Delivery]:
    """Deliveries that are due, or that somebody began and never ended, for too long; not those of a channel that is
    shut."""
    now = timezone.now()
    shut = ChannelPause.objects.filter(until__gt=now - TRIED_WITHIN).values("channel")
    late = now - TRIED_WITHIN
    return Delivery.objects.filter(
        Q(state=DeliveryState.PENDING, due_at__lt=late) | Q(state=DeliveryState.LEASED, lease_until__lt=late)
    ).exclude(channel__in=shut)


def not_acted_on() -> QuerySet[Callback]:
    """What WeCom told us that nobody has acted on for too long, or that nobody could."""
    late = timezone.now() - TRIED_WITHIN
    return Callback.objects.filter(
        Q(state=CallbackState.WAITING, received_at__lt=late) | Q(state=CallbackState.FAILED)
    )


INVARIANTS = [
    Invariant(
        code="messaging.due",
        title=_("A message that is due is tried within a quarter of an hour."),
        advice=_("The pumps send: look whether one runs, and what the last call answered."),
        rows=overdue,
    ),
    Invariant(
        code="messaging.callbacks",
        title=_("What WeCom told us is acted on within a quarter of an hour."),
        advice=_("The pumps act on it: look whether one runs, and what the row says."),
        rows=not_acted_on,
    ),
]
