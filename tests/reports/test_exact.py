"""Exact intervals against published figures, and against the sum of the binomial distribution."""

from math import comb, inf

import pytest

from reports import exact


@pytest.mark.parametrize(
    ("yes", "of", "interval"),
    [(0, 10, (0, 0.3085)), (8, 10, (0.4439, 0.9748)), (10, 10, (0.6915, 1)), (50, 100, (0.3983, 0.6017)),
     (0, 0, (0, 1))],
)  # fmt: skip
def test_the_interval_of_a_share(yes: int, of: int, interval: tuple[float, float]) -> None:
    assert exact.share(yes, of) == pytest.approx(interval, abs=5e-5)


@pytest.mark.parametrize(("yes", "of"), [(1, 7), (13, 40), (399, 1000)])
def test_each_end_leaves_half_of_the_error_outside(yes: int, of: int) -> None:
    low, high = exact.share(yes, of, level=0.9)

    def tail(share: float, counts: range) -> float:
        return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in counts)

    assert tail(low, range(yes, of + 1)) == pytest.approx(0.05, rel=1e-6)
    assert tail(high, range(yes + 1)) == pytest.approx(0.05, rel=1e-6)


def test_many_are_as_exact_as_few() -> None:
    """The normal approximation is right there to four places."""
    assert exact.share(450_000, 1_000_000) == pytest.approx((0.449025, 0.450975), abs=2e-6)


def test_the_ratio_holds_with_both_intervals() -> None:
    low, high = exact.ratio(8, 10, 9, 10)
    assert low < 0.8 / 0.9 < high
    assert exact.ratio(5, 10, 0, 10)[1] == inf
    assert exact.ratio(0, 10, 5, 10)[0] == 0


@pytest.mark.parametrize(("yes", "of"), [(-1, 5), (6, 5)])
def test_what_is_no_share_is_refused(yes: int, of: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        exact.share(yes, of)
