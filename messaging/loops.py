"""The loops of messages: deliveries that are due, what WeCom told us, and cards to be changed."""

from core.jobs.loops import Loop
from messaging import cards, delivery
from messaging.callbacks import handling

LOOPS = [
    Loop("deliveries", lambda: delivery.deliver_due(limit=50), 1.0),
    Loop("callbacks", lambda: handling.act_on_due(limit=20), 1.0),
    Loop("cards", lambda: cards.refresh_due(limit=50), 2.0),
]
