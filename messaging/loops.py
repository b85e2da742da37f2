"""The loops of messages: deliveries that are due, what WeCom told us, cards to be changed, approvals there."""

from core.jobs.loops import Loop
from messaging import approvals, cards, delivery
from messaging.callbacks import handling

LOOPS = [
    Loop("deliveries", lambda: delivery.deliver_due(limit=50), 1.0),
    Loop("callbacks", lambda: handling.act_on_due(limit=20), 1.0),
    Loop("cards", lambda: cards.refresh_due(limit=50), 2.0),
    Loop("approvals", lambda: approvals.act_on_due(limit=20), 2.0),
]
