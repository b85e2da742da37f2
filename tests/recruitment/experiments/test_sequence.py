"""The intervals: right at every look together, by simulation with fixed seeds, and right in single cases by hand."""

from math import comb, exp, log, pi

import numpy as np
import pytest

from recruitment.experiments.sequence import Sum, difference, is_possible, log_evidence

ALPHA, LOOKS, RUNS = 0.05, 30, 700


def looks(seed: int, usual: float, other: float, *, each: int = 40) -> list[list[tuple[Sum, Sum]]]:
    """So many experiments, each seen on thirty days: on each day some forty more people on either side."""
    chance = np.random.default_rng(seed)
    runs = []
    for _run in range(RUNS):
        sizes = [np.cumsum(chance.poisson(each, LOOKS) + 1) for _side in range(2)]
        seen = []
        for size, share in zip(sizes, (usual, other), strict=True):
            new = np.diff(size, prepend=0)
            seen.append(
                [
                    Sum(int(t), int(n))
                    for t, n in zip(np.cumsum(chance.binomial(new, share)), size, strict=True)
                ]
            )
        runs.append(list(zip(*seen, strict=True)))
    return runs


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5])
def test_of_equal_sides_at_most_five_in_a_hundred_are_ever_called_different(share: float) -> None:
    runs = looks(11, share, share)
    false = sum(any(not is_possible(*day, 0.0, alpha=ALPHA) for day in run) for run in runs)
    print(f"\nshare {share}: {false} of {RUNS} called different at any of {LOOKS} looks")
    assert false <= ALPHA * RUNS


@pytest.mark.parametrize(("usual", "other"), [(0.3, 0.2), (0.05, 0.02), (0.5, 0.62)])
def test_the_interval_holds_the_difference_on_every_day(usual: float, other: float) -> None:
    runs = looks(12, usual, other)
    held = sum(all(is_possible(*day, other - usual, alpha=ALPHA) for day in run) for run in runs)
    found = sum(any(not is_possible(*day, 0.0, alpha=ALPHA) for day in run) for run in runs)
    print(f"\n{usual} and {other}: held on every day in {held} of {RUNS}, told from nothing in {found}")
    assert held >= (1 - ALPHA) * RUNS


def test_what_is_counted_and_not_yes_or_no_is_held_too() -> None:
    chance = np.random.default_rng(13)
    held = 0
    for _run in range(RUNS):
        values = [
            chance.choice([0, 1 / 3, 2 / 3, 1], (LOOKS, 40), p=p)
            for p in ([0.7, 0.2, 0.06, 0.04], [0.5, 0.3, 0.1, 0.1])
        ]
        gap = (0.3 + 0.2 + 0.3) / 3 - (0.2 + 0.12 + 0.12) / 3
        totals = [np.cumsum(side.sum(axis=1)) for side in values]
        held += all(
            is_possible(
                Sum(float(totals[0][day]), 40 * day + 40),
                Sum(float(totals[1][day]), 40 * day + 40),
                gap,
                alpha=ALPHA,
            )
            for day in range(LOOKS)
        )
    assert held >= (1 - ALPHA) * RUNS


def test_an_interval_ends_where_gaps_begin_to_be_impossible() -> None:
    usual, other = Sum(60, 200), Sum(30, 210)
    low, high = difference(usual, other, alpha=ALPHA)
    assert -1 < low < other.mean - usual.mean < high < 1
    for edge, way in ((low, 1), (high, -1)):
        assert is_possible(usual, other, edge + way * 1e-6, alpha=ALPHA)
        assert not is_possible(usual, other, edge - way * 1e-6, alpha=ALPHA)


@pytest.mark.parametrize(
    ("usual", "other"),
    [
        (Sum(0, 100), Sum(0, 100)),
        (Sum(100, 100), Sum(0, 100)),
        (Sum(0, 1), Sum(1, 1)),
        (Sum(0.5, 3), Sum(3, 3)),
    ],
)
def test_nothing_and_everything_have_intervals_too(usual: Sum, other: Sum) -> None:
    low, high = difference(usual, other, alpha=ALPHA)
    assert -1 <= low <= other.mean - usual.mean <= high <= 1
    assert low < high


def test_more_people_make_it_narrower_and_more_caution_wider() -> None:
    def width(times: int, alpha: float = ALPHA) -> float:
        low, high = difference(Sum(30 * times, 100 * times), Sum(20 * times, 100 * times), alpha=alpha)
        return high - low

    assert width(1) > width(4) > width(16)
    assert width(4, ALPHA / 6) > width(4)


def test_the_evidence_is_the_mixture_that_its_source_says() -> None:
    """Of three in four with the prior Beta(1/2, 1/2): B(3.5, 1.5) / (B(1/2, 1/2) p^3 (1-p)) = (5/128) / (p^3 (1-p))."""
    assert exp(log_evidence(Sum(3, 4), 0.5)) == pytest.approx(5 / 128 * 2**4)
    assert log_evidence(Sum(0, 0), 0.3) == pytest.approx(0)
    # Over all that may happen, its mean is one: a martingale that begins at one.
    mean = sum(comb(6, n) * 0.3**n * 0.7 ** (6 - n) * exp(log_evidence(Sum(n, 6), 0.3)) for n in range(7))
    assert (mean, log(pi) > 0) == (pytest.approx(1), True)
    with pytest.raises(ValueError, match="not a sum of shares"):
        Sum(3, 2)
