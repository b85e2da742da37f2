"""What may not wait for the job queue: loops that `manage.py pump` runs, each in a thread of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from core.collecting import declared


@dataclass(frozen=True, slots=True)
class Loop:
    """`work()` claims what is due (several pumps share it) and answers how much it did; idle, it waits `seconds`."""

    name: str
    work: Callable[[], int]
    seconds: float


def declared_loops() -> list[Loop]:
    """Every loop of every app's loops.py, in the order of the apps."""
    return [loop for module in declared("loops") for loop in module.LOOPS]
