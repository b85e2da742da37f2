"""Factors: own where there are enough misses of a group's own, pooled else, none below that."""

import numpy as np
import pytest

from recruitment.evaluation.learning.calibration import OWN, POOLED, Miss, calibrate, quantile


def test_the_quantile_counts_the_next_one_along() -> None:
    sizes = [float(size) for size in range(1, 20)]  # 19: the 18th of 20 places
    assert quantile(sizes, 0.9) == 18
    # (9 + 1) · 0.9 = 9: the largest; of 8 not even that covers, and the largest is what there is.
    assert quantile(sizes[:9], 0.9) == 9
    assert quantile(sizes[:8], 0.9) == 8


def test_a_group_with_enough_of_its_own_has_its_own_and_the_others_say_that_theirs_is_pooled() -> None:
    misses = [Miss("large", 1, 1.0)] * OWN + [Miss("small", 1, 3.0)] * (OWN - 1)
    found = calibrate(misses)
    assert found.factor("large", 1) == (1.0, "own")
    assert found.factor("small", 1) == (3.0, "pooled")
    # Of two stages nobody is known: everybody's.
    assert found.factor("small", 2) == (3.0, "pooled")
    assert found.factor("unseen", 1) == (3.0, "pooled")


def test_too_few_tell_nothing() -> None:
    assert calibrate([Miss("a", 1, 1.0)] * (POOLED - 1)).factor("a", 1) is None
    assert calibrate([]).factor("a", 1) is None


@pytest.mark.parametrize("spread", [0.3, 1.0, 4.0])
def test_the_interval_covers_whatever_the_deviation_claimed(spread: float) -> None:
    """The deviation may be far off; what is measured on others puts it right."""
    chance = np.random.default_rng(3)
    seen, ahead = np.abs(chance.standard_t(4, size=(2, 4000))) * spread
    factor = calibrate(Miss("a", 1, float(size)) for size in seen).factor("a", 1)
    assert factor is not None
    assert np.mean(ahead <= factor[0]) == pytest.approx(0.9, abs=0.015)
