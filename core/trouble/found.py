"""What a look finds, before anything is written."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong here. `lasts`: it happened and is over, and is said for so long; None while it is so."""

    code: str
    facts: dict[str, object] = field(default_factory=dict)
    lasts: timedelta | None = None
