"""The ground's own loops: what receivers still owe, and long work, a set at a time."""

from core.events import relay
from core.jobs import works
from core.jobs.loops import Loop

LOOPS = [Loop("reactions", relay.run_due, 0.5), Loop("long work", works.run_due, 1.0)]
