"""Durable signals: Django signals wire the apps, rows remember who still owes what.

    interview_interrupted = DurableSignal("interview_interrupted", "A candidate left an interview half way.")
    interview_interrupted.connect(receivers.align_delay, name="onboarding.align_delay")
    interview_interrupted.emit(subject=interview, facts={"cause": "network"})

`emit` writes one Event and one Reaction per receiver in the caller's transaction and runs each receiver in a
savepoint of its own. What failed is tried again by the pump until it is done or red.
"""

from hrsuite.events.signal import DurableSignal
from hrsuite.events.running import effect, note

__all__ = ["DurableSignal", "effect", "note"]
