"""How wide an interval must be, told by interviews that the estimate was not fitted to (split conformal prediction).

Each finished interview whose last stages were hidden gives one figure: how far the estimate was off, in its own
standard deviations. The interval of the next is as many standard deviations as covers the wanted share of those
figures, the (n + 1)-th counted along: it covers that share whatever the scores are like, as long as the next is like
those. It holds on average over everybody it is asked for, not for each kind of person; so a group with enough
interviews of its own has its own figure, and the others say that theirs is pooled.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

COVERAGE = 0.9
# 40 give the 90 % quantile a standard error of about five points of coverage.
OWN = 40
# Below this the wanted quantile is the largest or none.
POOLED = 20

Told = Literal["own", "pooled"]


@dataclass(frozen=True, slots=True)
class Miss:
    """How far one estimate was off, in standard deviations, with `kept` stages known."""

    group: str
    kept: int
    size: float


@dataclass(frozen=True)
class Calibration:
    """The factors, by group and kept stages, by kept stages, and of everybody; None where there are too few."""

    own: dict[tuple[str, int], float]
    pooled: dict[int, float]
    everybody: float | None

    def factor(self, group: str, kept: int) -> tuple[float, Told] | None:
        """By how many standard deviations the interval reaches to either side, and whose misses say so."""
        if (group, kept) in self.own:
            return self.own[group, kept], "own"
        found = self.pooled.get(kept, self.everybody)
        return None if found is None else (found, "pooled")


def calibrate(misses: Iterable[Miss], coverage: float = COVERAGE) -> Calibration:
    """The factors that these misses ask for."""
    own: dict[tuple[str, int], list[float]] = {}
    pooled: dict[int, list[float]] = {}
    everybody: list[float] = []
    for miss in misses:
        own.setdefault((miss.group, miss.kept), []).append(miss.size)
        pooled.setdefault(miss.kept, []).append(miss.size)
        everybody.append(miss.size)
    return Calibration(
        {key: quantile(sizes, coverage) for key, sizes in own.items() if len(sizes) >= OWN},
        {kept: quantile(sizes, coverage) for kept, sizes in pooled.items() if len(sizes) >= POOLED},
        quantile(everybody, coverage) if len(everybody) >= POOLED else None,
    )


def quantile(sizes: list[float], coverage: float) -> float:
    """The smallest that covers, one more counted along; the largest where even that is not enough."""
    place = math.ceil((len(sizes) + 1) * coverage)
    return sorted(sizes)[min(place, len(sizes)) - 1]
