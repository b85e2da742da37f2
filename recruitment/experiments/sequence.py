"""Intervals that stay right however often somebody looks: confidence sequences for shares, and for their difference.

For n values between 0 and 1 of mean p that add up to s, the mixture over a Beta(½, ½) prior

    M(p) = B(s + ½, n - s + ½) / (B(½, ½) · p^s · (1 - p)^(n - s))

is a martingale for zeros and ones, and a supermartingale for whatever lies between: (θ/p)^y ((1-θ)/(1-p))^(1-y) is
convex in y. By Ville's inequality it reaches 1/α at any time with probability α at most. Robbins, "Statistical
methods related to the law of the iterated logarithm", Annals of Mathematical Statistics 41 (1970); Howard, Ramdas,
McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49 (2021).

Two sides are independent, so the product of their mixtures is one, too: the pairs (p, q) at which it stays below 1/α
hold the true pair at all times at once, and the differences q - p of these pairs are the interval.
"""

from dataclasses import dataclass
from math import inf, lgamma, log

# Halvings: to a ten-thousandth of a point and beyond.
_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Sum:
    """`total` over `count` values between 0 and 1."""

    total: float
    count: int

    def __post_init__(self) -> None:
        """Refuse what is no such sum: a mistake of the caller."""
        if not 0 <= self.total <= self.count:
            raise ValueError(f"not a sum of shares: {self.total} over {self.count}")

    @property
    def mean(self) -> float:
        """The share."""
        return self.total / self.count


def log_evidence(found: Sum, share: float) -> float:
    """log M(share): how strongly what was seen speaks against it. Chance lifts it past log(1/α) with α at most."""
    left = found.count - found.total
    fit = _weighed(found.total, share) + _weighed(left, 1 - share)
    return _log_beta(found.total + 0.5, left + 0.5) - _log_beta(0.5, 0.5) - fit


def is_possible(usual: Sum, other: Sum, gap: float, *, alpha: float) -> bool:
    """Whether the interval of `difference` holds this gap."""
    return _least(usual, other, gap) < log(1 / alpha)


def difference(usual: Sum, other: Sum, *, alpha: float) -> tuple[float, float]:
    """Between what the other side's mean less the usual one's lies, at all looks together but for `alpha`.

    Both sides have a value at least.
    """
    seen = other.mean - usual.mean
    return (
        _edge(usual, other, inside=seen, outside=-1.0, alpha=alpha),
        _edge(usual, other, inside=seen, outside=1.0, alpha=alpha),
    )


def _edge(usual: Sum, other: Sum, *, inside: float, outside: float, alpha: float) -> float:
    """Where possible gaps end: what speaks against a gap only grows on the way from what was seen to an end."""
    if is_possible(usual, other, outside, alpha=alpha):
        return outside
    for _step in range(_HALVINGS):
        middle = (inside + outside) / 2
        if is_possible(usual, other, middle, alpha=alpha):
            inside = middle
        else:
            outside = middle
    return outside


def _least(usual: Sum, other: Sum, gap: float) -> float:
    """What at least speaks against this gap: at the pair of shares, so far apart, that suits what was seen best."""
    low, high = max(0.0, -gap), min(1.0, 1.0 - gap)
    for _step in range(_HALVINGS):
        share = (low + high) / 2
        if _slope(usual, share) + _slope(other, share + gap) < 0:
            low = share
        else:
            high = share
    share = (low + high) / 2
    return log_evidence(usual, share) + log_evidence(other, share + gap)


def _slope(found: Sum, share: float) -> float:
    """The derivative of `log_evidence` by the share."""
    left = found.count - found.total
    up = left / (1 - share) if share < 1 else (inf if left else 0.0)
    down = found.total / share if share > 0 else (inf if found.total else 0.0)
    return up - down if up != down else 0.0


def _weighed(weight: float, share: float) -> float:
    if not weight:
        return 0.0
    return weight * log(share) if share > 0 else -inf


def _log_beta(one: float, other: float) -> float:
    return lgamma(one) + lgamma(other) - lgamma(one + other)
