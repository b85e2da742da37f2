"""Durable signals: Django signals wire the apps, rows remember who still owes what.

    interview_interrupted = DurableSignal(
        "interview_interrupted", _("Interview interrupted"), "A candidate left half way. Facts: cause."
    )
    interview_interrupted.connect(receivers.align_delay, name="app.align_delay")
    interview_interrupted.emit(subject=interview, facts={"cause": "network"})

`emit` writes one Event and one Reaction per receiver in the caller's transaction. A chain runs in one savepoint; when
one receiver fails, each runs in its own. What failed is tried again by the pump until it is done or red.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.events.running import effect, note
    from core.events.signal import DurableSignal, titled

__all__ = ["DurableSignal", "effect", "note", "titled"]

# Django imports this package before its models may be loaded, so the names are looked up at their first use.
_PLACES = {"DurableSignal": "signal", "effect": "running", "note": "running", "titled": "signal"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
