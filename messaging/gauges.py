"""The outbox in figures: what is on its way, what is due, what reached nobody."""

from collections import Counter
from collections.abc import Iterator

from django.utils import timezone

from core.metrics.reading import MOST_COUNTED, Gauge, Value
from messaging import health
from messaging.enums import DeliveryState
from messaging.models import ChannelPause, Delivery

OPEN = (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.AMBIGUOUS)


def deliveries() -> Iterator[Value]:
    """Those that have not ended, each state by its own index."""
    for state in OPEN:
        rows = Delivery.objects.filter(state=state).order_by()[:MOST_COUNTED]
        yield (str(state),), rows.count()


def oldest_due() -> Iterator[Value]:
    """How long the longest-waiting one has been due."""
    yield (), health.oldest_due_seconds() or 0


def not_reached() -> Iterator[Value]:
    """Messages that nobody was told and nobody has seen to."""
    yield (), health.not_reached()


def perhaps_twice() -> Iterator[Value]:
    """Deliveries of the last month that were repeated where no key tells a repeat."""
    yield (), health.perhaps_twice()


def shut() -> Iterator[Value]:
    """Channels that are shut now."""
    paused = ChannelPause.objects.filter(until__gt=timezone.now())
    for channel, count in sorted(Counter(paused.values_list("channel", flat=True)).items()):
        yield (channel,), count


def conversations_read() -> Iterator[Value]:
    """How long ago what people wrote in WeChat was last read; nothing without an account."""
    seconds = health.conversations()["wechat_read_seconds"]
    if isinstance(seconds, float):
        yield (), seconds


GAUGES = [
    Gauge("hrsuite_deliveries", "Deliveries that have not ended; counted to 10,000.", deliveries, ("state",)),
    Gauge("hrsuite_deliveries_oldest_due_seconds", "How long the oldest has been due.", oldest_due),
    Gauge(
        "hrsuite_deliveries_perhaps_twice",
        "Of the last month, repeated after a lost answer where no key tells a repeat.",
        perhaps_twice,
    ),
    Gauge("hrsuite_messages_not_reached", "Messages that reached nobody.", not_reached),
    Gauge(
        "hrsuite_wechat_read_seconds",
        "How long ago conversations in WeChat were last read.",
        conversations_read,
    ),
    Gauge("hrsuite_channels_shut", "Channels that are shut; always 1.", shut, ("channel",)),
]
