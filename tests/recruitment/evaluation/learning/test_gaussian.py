"""The fit finds what the rows were drawn from, gaps included, and an expectation is the exact one."""

import numpy as np
import pytest

from recruitment.evaluation.learning.gaussian import Gaussian, fit

NONE = np.array([], dtype=np.int64)


def drawn(people: int, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    covariance = np.array([[100.0, 70.0, 40.0], [70.0, 90.0, 50.0], [40.0, 50.0, 80.0]])
    group_of = chance.integers(3, size=people)
    means = np.array([[50.0, 55.0, 60.0], [60.0, 65.0, 70.0], [70.0, 60.0, 50.0]])
    return chance.multivariate_normal(np.zeros(3), covariance, size=people) + means[group_of], group_of


def test_means_and_covariance_are_found_where_the_end_is_missing_for_those_with_a_low_beginning() -> None:
    rows, group_of = drawn(4000)
    # Missing by what is known: those who had below 60 at first left, and a plain mean of the rest would be too high.
    gone = rows[:, 0] < 60
    rows[gone, 1:] = np.nan
    naive = np.nanmean(rows[group_of == 0], axis=0)
    found = fit(rows, group_of, 3)
    assert found.means[0] == pytest.approx([50, 55, 60], abs=1.5)
    assert found.means[2] == pytest.approx([70, 60, 50], abs=1.5)
    assert naive[1] - 55 > 5
    assert found.covariance == pytest.approx(np.array([[100, 70, 40], [70, 90, 50], [40, 50, 80]]), abs=8)


def test_what_is_expected_is_the_conditional_mean_with_its_own_deviation() -> None:
    covariance = np.array([[4.0, 3.0], [3.0, 9.0]])
    nothing = np.zeros((1, 2))
    gaussian = Gaussian(np.array([[10.0, 20.0]]), covariance, nothing, np.array([10.0, 20.0]), nothing[0])
    value, deviation = gaussian.expect(np.array([12.0, np.nan]), 0, np.array([0.5, 0.5]))
    # 20 + 3/4 · 2 = 21.5; left of the variance: 9 − 3²/4 = 6.75
    assert value == pytest.approx(0.5 * 12 + 0.5 * 21.5)
    assert deviation == pytest.approx(0.5 * 6.75**0.5)
    assert gaussian.expect(np.array([12.0, 18.0]), 0, np.array([0.5, 0.5])) == (pytest.approx(15), 0.0)


def test_a_group_of_few_is_drawn_to_the_others_and_a_large_one_is_not() -> None:
    chance = np.random.default_rng(1)
    group_of = np.array([0] * 200 + [1] * 200 + [2] * 2)
    means = np.array([50.0, 60.0, 90.0])
    rows = (means[group_of] + chance.normal(0, 10, size=402))[:, None]
    found = fit(rows, group_of, 3)
    plain = [float(rows[group_of == group].mean()) for group in range(3)]
    assert found.means[0, 0] == pytest.approx(plain[0], abs=1)
    assert found.means[2, 0] < plain[2] - 1
    assert found.doubt[2, 0] > found.doubt[0, 0]


def test_a_column_that_nobody_has_and_a_group_without_anybody_break_nothing() -> None:
    rows, group_of = drawn(50)
    rows = np.column_stack([rows, np.full(50, np.nan)])
    found = fit(rows, group_of, 4)
    assert np.isfinite(found.covariance).all()
    assert found.means[3, :3] == pytest.approx(found.common[:3])
    value, deviation = found.expect(rows[0], None, np.array([1.0, 0, 0, 0]))
    assert (value, deviation) == (pytest.approx(rows[0, 0]), 0.0)


def test_no_rows_teach_nothing() -> None:
    with pytest.raises(ValueError, match="no rows"):
        fit(np.empty((0, 2)), NONE, 1)
