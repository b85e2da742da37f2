"""How far two reviewers of the same answers agree: quadratically weighted kappa, with its interval.

kappa = 1 − (observed disagreement ÷ disagreement by chance), a disagreement being the square of the distance of two
levels (Cohen 1968). 1 is full agreement, 0 what chance gives. The interval is the jackknife's: kappa without each pair
in turn says how much one pair moves it (Efron 1982, pseudovalues), ± 1.96 standard errors, kept within −1 and 1.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

# With fewer pairs the interval says nothing; then there is no figure.
LEAST_PAIRS = 10
NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True)
class Agreement:
    """Kappa of `pairs` pairs between its bounds; None where there are too few pairs, or everybody gave one level."""

    pairs: int
    kappa: float | None = None
    low: float | None = None
    high: float | None = None


def agreement(pairs: Sequence[tuple[int, int]]) -> Agreement:
    """Of the levels that a first and a second reviewer gave to the same answers, in any order."""
    number = len(pairs)
    whole = _kappa(Counter(pairs))
    if number < LEAST_PAIRS or whole is None:
        return Agreement(number)
    counted = Counter(pairs)
    without: list[float] = []
    for pair, times in counted.items():
        left = counted.copy()
        left[pair] -= 1
        one = _kappa(left)
        if one is None:
            return Agreement(number)
        without += [one] * times
    pseudo = [number * whole - (number - 1) * one for one in without]
    mean = sum(pseudo) / number
    error = math.sqrt(sum((one - mean) ** 2 for one in pseudo) / (number - 1) / number)
    return Agreement(number, whole, max(whole - NORMAL_95 * error, -1.0), min(whole + NORMAL_95 * error, 1.0))


def _kappa(counted: Counter[tuple[int, int]]) -> float | None:
    """None where chance alone gives no disagreement: everybody gave the same level."""
    number = sum(counted.values())
    firsts: Counter[int] = Counter()
    seconds: Counter[int] = Counter()
    observed = 0.0
    for (first, second), times in counted.items():
        firsts[first] += times
        seconds[second] += times
        observed += times * (first - second) ** 2
    by_chance = sum(
        one * other * (first - second) ** 2
        for first, one in firsts.items()
        for second, other in seconds.items()
    )
    return None if not by_chance else 1 - observed * number / by_chance
