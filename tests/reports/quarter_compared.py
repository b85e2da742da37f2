"""What lines and sides of a change differ by, worked out from counts alone: intervals by the formulas of the papers.

Wilson's score interval of one share (1927), Newcombe's of two (Statistics in Medicine 17, 1998, method 10), and
Bonferroni's allowance for how many are looked at.
"""

from math import erf, sqrt
from typing import Any

from tests.reports.quarter_figures import Figures

ENOUGH = 20
# A figure of the truth that is a rate: numerator, denominator, who is left out, who left.
RATE = 4
Interval = tuple[float, float, float]


def apart(lines: dict[Any, Figures], total: Figures) -> tuple[int, dict[tuple[Any, str], Interval]]:
    """How many comparisons the lines allow of each one with all others, and those whose interval leaves out 0, by line
    and figure. Of two lines the first speaks for both."""
    pairs: dict[tuple[Any, str], tuple[tuple[int, int], tuple[int, int]]] = {}
    for name, whole in total.items():
        if not is_rate(whole) or any(
            sum(line[name][n] for line in lines.values()) != whole[n] for n in (0, 1)
        ):
            continue
        told = list(lines)
        for key in told[:1] if len(told) == 2 else told:
            mine = lines[key][name][:2]
            rest = whole[0] - mine[0], whole[1] - mine[1]
            if mine[1] >= ENOUGH and rest[1] >= ENOUGH:
                pairs[key, name] = rest, mine
    found = {one: interval(*pair, looks=len(pairs)) for one, pair in pairs.items()}
    return len(pairs), {one: about for one, about in found.items() if about[1] > 0 or about[2] < 0}


def changed(before: Figures, after: Figures) -> dict[str, Interval | None]:
    """Of each figure by how much it differs after, with its interval; None of what is no rate of enough people."""
    told = [
        name
        for name, one in before.items()
        if is_rate(one) and is_rate(after[name]) and min(one[1], after[name][1]) >= ENOUGH
    ]
    return {
        name: interval(one[:2], after[name][:2], looks=len(told)) if name in told else None
        for name, one in before.items()
    }


def is_rate(value: Any) -> bool:
    """Whether a figure of the truth is one; a duration has four parts, too, the second of them no count."""
    return isinstance(value, tuple) and len(value) == RATE and isinstance(value[2], dict)


def interval(before: tuple[int, int], after: tuple[int, int], *, looks: int) -> Interval:
    """After less before, and between what it lies: so wide that so many of them hold together with 95 %."""
    z = _quantile(1 - 0.05 / (2 * looks))
    p1, l1, u1 = _wilson(*before, z)
    p2, l2, u2 = _wilson(*after, z)
    gap = p2 - p1
    return (
        round(gap, 4),
        round(gap - sqrt((p2 - l2) ** 2 + (u1 - p1) ** 2), 4),
        round(gap + sqrt((u2 - p2) ** 2 + (p1 - l1) ** 2), 4),
    )


def _wilson(count: int, of: int, z: float) -> tuple[float, float, float]:
    """The roots of (p̂ - p)² = z² p (1 - p) / n."""
    share = count / of
    a, b, c = 1 + z * z / of, -(2 * share + z * z / of), share * share
    root = sqrt(max(b * b - 4 * a * c, 0.0))
    return share, (-b - root) / (2 * a), (-b + root) / (2 * a)


def _quantile(share: float) -> float:
    """Of the normal distribution, by halving."""
    low, high = 0.0, 10.0
    for _step in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 + erf(middle / sqrt(2))) / 2 < share else (low, middle)
    return (low + high) / 2
