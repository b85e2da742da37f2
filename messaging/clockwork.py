"""What of messages is put off by moments: it comes back with a clock that was set back. Planned reminders stay."""

from datetime import timedelta

from core.trouble.clockwork import FARTHEST, PutOff
from messaging.callbacks import handling
from messaging.enums import CallbackState, DeliveryState
from messaging.models import Approval, Callback, ChannelPause, Delivery

# A provider may name a time of its own, until the next day at most.
DAY = timedelta(hours=24)

PUT_OFF = [
    PutOff(Delivery, "lease_until", FARTHEST, {"state": DeliveryState.LEASED}),
    PutOff(Delivery, "due_at", DAY, {"state": DeliveryState.PENDING, "attempt_count__gt": 0}),
    PutOff(ChannelPause, "until", DAY),
    PutOff(Callback, "due_at", handling.LONGEST_WAIT + FARTHEST, {"state": CallbackState.WAITING}),
    PutOff(Approval, "due_at", DAY),
]
