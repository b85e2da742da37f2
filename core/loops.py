"""The ground's own loop: what receivers still owe."""

from core.events import relay
from core.jobs.loops import Loop

LOOPS = [Loop("reactions", relay.run_due, 0.5)]
