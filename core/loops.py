"""The ground's own loops: what receivers still owe, long work, a set at a time, and what is wrong with the machine."""

from core.events import relay
from core.jobs import works
from core.jobs.loops import Loop
from core.trouble import clockwork, looking

LOOPS = [
    Loop("reactions", relay.run_due, 0.5),
    Loop("long work", works.run_due, 1.0),
    Loop("trouble", looking.MACHINE, 10.0),
    Loop("storages", looking.STORAGES, 60.0),
    Loop("primaries", looking.PRIMARIES, 10.0),
    Loop("clockwork", clockwork.Clockwork(), 15.0),
]
