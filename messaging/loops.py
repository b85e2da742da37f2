"""The loops of messages: deliveries that are due, and what WeCom told us."""

from core.jobs.loops import Loop
from messaging import delivery
from messaging.callbacks import handling

LOOPS = [
    Loop("deliveries", lambda: delivery.deliver_due(limit=50), 1.0),
    Loop("callbacks", lambda: handling.act_on_due(limit=20), 1.0),
]
