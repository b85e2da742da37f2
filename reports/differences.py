"""Differences between two rates, with an interval that allows for how many are looked at."""

from dataclasses import dataclass
from functools import cache
from math import sqrt
from statistics import NormalDist

from core.figures import Rate
from reports.registry import Value

# How sure the intervals of one page are together, not each by itself.
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two shares the second less the first, after less before.

    `is_clear`: the interval lies on one side of nothing.
    """

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether chance alone would hardly make it, as far as this page looks."""
        return self.low > 0 or self.high < 0


def can_be_told(before: Value, after: Value) -> bool:
    """Whether both are rates with enough data."""
    return all(isinstance(one, Rate) and one.has_enough_data for one in (before, after))


def difference(before: Value, after: Value, *, looks: int = 1) -> Difference | None:
    """After less before of two rates, with Newcombe's interval from Wilson's of each (Statistics in Medicine 17, 1998,
    method 10), widened for so many looks (Bonferroni). None where a side is no rate, or has not enough data."""
    if not isinstance(before, Rate) or not isinstance(after, Rate) or not can_be_told(before, after):
        return None
    z = _z(looks)
    first, first_low, first_high = _wilson(before, z)
    then, then_low, then_high = _wilson(after, z)
    gap = then - first
    low = gap - sqrt((then - then_low) ** 2 + (first_high - first) ** 2)
    high = gap + sqrt((then_high - then) ** 2 + (first - first_low) ** 2)
    return Difference(round(gap, 4), round(low, 4), round(high, 4))


@cache
def _z(looks: int) -> float:
    """How many standard errors lie on each side, with so many intervals."""
    return NormalDist().inv_cdf(1 - (1 - LEVEL) / (2 * looks))


def _wilson(rate: Rate, z: float) -> tuple[float, float, float]:
    """The share, and between what it lies by Wilson's score interval."""
    count, of = rate.numerator, rate.denominator
    share, square = count / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return share, max(0.0, middle - half), min(1.0, middle + half)
