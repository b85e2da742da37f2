"""The loop of messages: deliveries that are due."""

from core.jobs.loops import Loop
from messaging import delivery

LOOPS = [Loop("deliveries", lambda: delivery.deliver_due(limit=50), 1.0)]
