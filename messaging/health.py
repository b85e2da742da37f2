"""The outbox in figures, for the health page and the dashboard."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, DateTimeField, Min, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from messaging import connected
from messaging.enums import DeliveryState
from messaging.models import ChannelPause, ConversationCursor, Delivery, Message

# What `waiting` calls its rows.
LOST, DOUBT, DUE = "lost", "doubt", "due"
# What WeCom refuses once is asked again in a minute; then somebody is to know.
PATIENCE = timedelta(minutes=5)
COUNTED_FOR = timedelta(days=30)


def waiting(now: datetime) -> QuerySet[Any, Any]:
    """(LOST, how many messages nobody was told, None), (DOUBT, how many were perhaps sent, None) and (DUE, how many
    deliveries are, since when the first is): for whoever reads other figures with them. A row with nothing to say is
    left out."""
    # Two of them beside each other would be a text to PostgreSQL.
    nothing = Cast(Value(None), DateTimeField())
    text = CharField()
    lost = Message.objects.not_told().order_by()
    doubt = Message.objects.in_doubt().order_by()
    due = Delivery.objects.filter(state=DeliveryState.PENDING, due_at__lte=now).order_by()
    return (
        lost.annotate(what=Value(LOST, output_field=text))
        .values("what")
        .annotate(number=Count("pk"), first=nothing)
        .values_list("what", "number", "first")
        .union(
            doubt.annotate(what=Value(DOUBT, output_field=text))
            .values("what")
            .annotate(number=Count("pk"), first=nothing)
            .values_list("what", "number", "first"),
            due.annotate(what=Value(DUE, output_field=text))
            .values("what")
            .annotate(number=Count("pk"), first=Min("due_at"))
            .values_list("what", "number", "first"),
            all=True,
        )
    )


def oldest_due_seconds() -> float | None:
    """For how long the longest-waiting delivery has been due; None when nothing is due."""
    now = timezone.now()
    due = Delivery.objects.filter(state=DeliveryState.PENDING, due_at__lte=now)
    oldest: datetime | None = due.aggregate(oldest=Min("due_at"))["oldest"]
    return None if oldest is None else (now - oldest).total_seconds()


def not_reached() -> int:
    """Messages that no channel has taken, or that none ever will, and that nobody has seen to: call instead."""
    return Message.objects.not_told().count()


def perhaps_twice() -> int:
    """Deliveries of the last month that were repeated after a lost answer where no key tells a repeat: their readers
    may have them twice."""
    since = timezone.now() - COUNTED_FOR
    return Delivery.objects.filter(is_repeated=True, accepted_at__gt=since).count()


def unread() -> ConversationCursor | None:
    """The account in use, when WeCom has not let it be read for a while; None otherwise."""
    account = connected.kf()
    late = timezone.now() - PATIENCE
    rows = ConversationCursor.objects.filter(
        account=account.number if account else "", failing_since__lte=late
    )
    return rows.first()


def conversations() -> dict[str, object]:
    """微信客服: how long ago the account was last read (None: never, or no account), and what WeCom answers while it
    does not let us read, "" otherwise."""
    account = connected.kf()
    row = ConversationCursor.objects.filter(account=account.number).first() if account else None
    read_at = row.read_at if row else None
    return {
        "wechat_read_seconds": None if read_at is None else (timezone.now() - read_at).total_seconds(),
        "wechat_failing": row.last_code if row and row.failing_since else "",
    }


def figures() -> dict[str, object]:
    """Due and oldest due, perhaps-sent (a person decides), perhaps shown twice within a month, what reached nobody, the
    channels that are shut, and how conversations in WeChat are read."""
    now = timezone.now()
    return {
        **conversations(),
        "deliveries_due": Delivery.objects.filter(state=DeliveryState.PENDING, due_at__lte=now).count(),
        "oldest_due_seconds": oldest_due_seconds(),
        "deliveries_ambiguous": Delivery.objects.filter(state=DeliveryState.AMBIGUOUS).count(),
        "deliveries_perhaps_twice": perhaps_twice(),
        "messages_not_reached": not_reached(),
        "channels_paused": sorted(
            ChannelPause.objects.filter(until__gt=now).values_list("channel", flat=True)
        ),
    }
