"""Weighted kappa: known tables, its interval, and when there is no figure."""

import random

import pytest

from recruitment.evaluation.agreement import LEAST_PAIRS, Agreement, agreement


def test_full_agreement_is_one() -> None:
    found = agreement([(1, 1), (3, 3), (5, 5)] * 5)
    assert (found.pairs, found.kappa, found.low, found.high) == (15, 1.0, 1.0, 1.0)


def test_a_table_reckoned_by_hand() -> None:
    # Levels 1 and 2: 20 twice one, 15 twice two, 5 + 10 apart. With two levels the weights do not matter:
    # observed 35/50, by chance (25·30 + 25·20)/2500 = 0.5, kappa = (0.7 - 0.5)/0.5 = 0.4.
    found = agreement([(1, 1)] * 20 + [(2, 2)] * 15 + [(1, 2)] * 5 + [(2, 1)] * 10)
    assert found.kappa == pytest.approx(0.4)
    # The asymptotic standard error of this textbook table is 0.128.
    assert found.low is not None and found.high is not None
    assert (found.high - found.low) / 2 / 1.96 == pytest.approx(0.128, abs=0.01)


def test_far_apart_weighs_more_than_close() -> None:
    close = agreement([(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)] * 4 + [(2, 3)] * 4)
    far = agreement([(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)] * 4 + [(1, 5)] * 4)
    assert close.kappa is not None and far.kappa is not None
    assert far.kappa < close.kappa


def test_chance_is_within_the_interval_of_nothing() -> None:
    drawn = random.Random(7)
    found = agreement([(drawn.randint(1, 5), drawn.randint(1, 5)) for _time in range(200)])
    assert found.low is not None and found.high is not None
    assert found.low < 0 < found.high


@pytest.mark.parametrize("pairs", [[], [(1, 2)] * (LEAST_PAIRS - 1), [(3, 3)] * 30])
def test_too_few_or_all_alike_is_no_figure(pairs: list[tuple[int, int]]) -> None:
    assert agreement(pairs) == Agreement(len(pairs))
