"""Exact intervals of shares and of their ratios: they promise at least their level, for small numbers too."""

from math import exp, inf, lgamma, log, log1p

LEVEL = 0.95
_STEPS, _TINY, _CLOSE = 5000, 1e-300, 1e-14
_HALVINGS = 60

Interval = tuple[float, float]


def share(yes: int, of: int, *, level: float = LEVEL) -> Interval:
    """Clopper and Pearson's interval of a share (Biometrika 26, 1934). (0, 1) of nobody. ValueError: not a share."""
    if not 0 <= yes <= of:
        raise ValueError(f"not a share: {yes} of {of}")
    half = (1 - level) / 2
    low = 0.0 if yes == 0 else _quantile(half, yes, of - yes + 1)
    high = 1.0 if yes == of else _quantile(1 - half, yes + 1, of - yes)
    return low, high


def ratio(yes: int, of: int, beside: int, beside_of: int, *, level: float = LEVEL) -> Interval:
    """Of one share divided by another: from both exact intervals, each at half of the error, so that both hold
    together with `level` at least. Wider than an approximation, and never too narrow. `inf` where the second may be 0.
    """
    each = 1 - (1 - level) / 2
    low, high = share(yes, of, level=each)
    other_low, other_high = share(beside, beside_of, level=each)
    return low / other_high, high / other_low if other_low else inf


def _quantile(wanted: float, a: float, b: float) -> float:
    """Where the beta distribution of `a` and `b` has `wanted` below it: halved until a double knows no better."""
    low, high = 0.0, 1.0
    for _step in range(_HALVINGS):
        middle = (low + high) / 2
        if _below(middle, a, b) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _below(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d1 / (1 + d2 / (1 + …)), by Lentz's way."""
    value, c, d = 1.0, 1.0, 0.0
    for step in range(1, _STEPS):
        m = step // 2
        if step % 2:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            part = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / (1 + part * d or _TINY)
        c = 1 + part / c or _TINY
        value *= c * d
        if abs(c * d - 1) < _CLOSE:
            break
    return value
