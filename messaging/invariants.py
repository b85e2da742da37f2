"""What messaging promises about its own data."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.checks.declaring import Invariant
from messaging import connected
from messaging.enums import CallbackState, DeliveryState
from messaging.models import Approval, Callback, ChannelPause, ConversationCursor, Delivery

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


def not_looked_at() -> QuerySet[Approval]:
    """What is to be asked in WeCom, or read there, and nobody has for too long."""
    return Approval.objects.filter(due_at__lt=timezone.now() - TRIED_WITHIN)


def not_read() -> QuerySet[ConversationCursor]:
    """The account in use, when it has not been read for too long: WeCom keeps what people wrote for three days."""
    account = connected.kf()
    late = timezone.now() - TRIED_WITHIN
    return ConversationCursor.objects.filter(account=account.number if account else "").filter(
        Q(read_at__lt=late) | Q(read_at__isnull=True, failing_since__lt=late)
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
    Invariant(
        code="messaging.approvals",
        title=_("What is to be asked in WeCom is asked within a quarter of an hour."),
        advice=_("The pumps ask: look whether one runs, and what the row says."),
        rows=not_looked_at,
    ),
    Invariant(
        code="messaging.wechat",
        title=_("What people write in WeChat is read within a quarter of an hour."),
        advice=_("A job reads it every minute: the WeCom connection's page says what WeCom last answered."),
        rows=not_read,
    ),
]
