"""From a score to a level: one documented table for written tests and for competency scores.

    0–39 → 1 aware · 40–59 → 2 with help · 60–74 → 3 alone · 75–89 → 4 sure · 90–100 → 5 expert

The bounds are set by judgement; a score between two of them (39.5) belongs to the lower level.
"""

from bisect import bisect_right
from decimal import Decimal

LEVEL_STARTS = (40, 60, 75, 90)


def level_of(score: Decimal) -> int:
    """The level, 1 to 5, of a score from 0 to 100."""
    return bisect_right(LEVEL_STARTS, score) + 1
