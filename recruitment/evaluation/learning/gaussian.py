"""A multivariate Gaussian with a mean for each group, fitted to rows with gaps by expectation-maximisation.

Rows of one group vary about the group's mean, groups about a common mean; the covariance is one for all. A group's
mean is drawn towards the common one the more, the fewer rows it has (empirical Bayes); the covariance is drawn towards
its diagonal by as many rows as there are columns, so that few rows claim no correlation. Rows with gaps count with what
they have: right as long as what is missing depends on what is known, and no further.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recruitment.evaluation.learning.cohort import Floats

ROUNDS = 200
# The fit rests when no mean moves by more than this share of its column's spread.
STILL = 1e-4


@dataclass(frozen=True)
class Gaussian:
    """`means` groups × columns, `covariance` within a group, `doubt` groups × columns: how far (variance) each group's
    mean may be off. `common` and `between` are the mean of the groups and its variance: all that an unseen one has."""

    means: Floats
    covariance: Floats
    doubt: Floats
    common: Floats
    between: Floats

    def expect(self, row: Floats, group: int | None, weights: Floats) -> tuple[float, float]:
        """The expected `weights` · row of one person with gaps; its standard deviation, 0 where none is missing."""
        mean = self.common if group is None else self.means[group]
        doubt = self.between if group is None else self.doubt[group]
        known = ~np.isnan(row)
        sought = ~known & (weights != 0)
        value = float(weights[known] @ row[known])
        if not sought.any():
            return value, 0.0
        # A group's mean that is off is off for what is known, too: it belongs to the covariance of both.
        covariance = self.covariance + np.diag(doubt)
        across = covariance[np.ix_(sought, known)]
        gain = np.linalg.solve(covariance[np.ix_(known, known)], across.T).T if known.any() else across
        filled = mean[sought] + gain @ (row[known] - mean[known])
        left = covariance[np.ix_(sought, sought)] - gain @ across.T
        share = weights[sought]
        return value + float(share @ filled), float(np.sqrt(max(share @ left @ share, 0.0)))


def fit(rows: Floats, group_of: NDArray[np.int64], groups: int) -> Gaussian:
    """The Gaussian of these rows (persons × columns, NaN where missing); a column nobody has stands at 0 with no weight
    of its own. Raises ValueError without any row."""
    if not len(rows):
        raise ValueError("no rows to learn from")
    known = ~np.isnan(rows)
    counted = known.sum(axis=0)
    total = np.where(known, rows, 0.0).sum(axis=0)
    common = np.divide(total, counted, out=np.zeros(rows.shape[1]), where=counted > 0)
    spread = np.divide(
        np.where(known, (rows - common) ** 2, 0.0).sum(axis=0), counted,
        out=np.ones(rows.shape[1]), where=counted > 1,
    )  # fmt: skip
    floor = np.maximum(spread, 1e-6) * 1e-3 + 1e-6
    covariance = np.diag(spread + floor)
    means = np.tile(common, (groups, 1))
    doubt = between = np.zeros_like(spread)
    patterns = _patterns(known, group_of)
    for _round in range(ROUNDS):
        filled, uncertain = _expected(rows, patterns, means, covariance)
        common, between, moved, doubt = _means(filled, known, group_of, groups, np.diag(covariance))
        still = np.abs(moved - means).max(axis=0) <= STILL * np.sqrt(spread + floor)
        means = moved
        off = filled - means[group_of]
        covariance = (off.T @ off + uncertain) / len(rows)
        covariance = _drawn(covariance, len(rows)) + np.diag(floor)
        if still.all():
            break
    return Gaussian(means, covariance, doubt, common, between)


def _patterns(
    known: NDArray[np.bool_], group_of: NDArray[np.int64]
) -> list[tuple[NDArray[np.bool_], int, NDArray[np.int64]]]:
    """Rows that miss the same and are of one group are worked out together."""
    both = np.column_stack([known, group_of])
    distinct, number = np.unique(both, axis=0, return_inverse=True)
    return [
        (pattern[:-1].astype(bool), int(pattern[-1]), np.flatnonzero(number.ravel() == index))
        for index, pattern in enumerate(distinct)
    ]


def _expected(
    rows: Floats,
    patterns: list[tuple[NDArray[np.bool_], int, NDArray[np.int64]]],
    means: Floats,
    covariance: Floats,
) -> tuple[Floats, Floats]:
    """The rows with what is missing filled in, and the covariance of what was."""
    filled = rows.copy()
    uncertain = np.zeros_like(covariance)
    for known, group, those in patterns:
        if known.all():
            continue
        mean = means[group]
        gap = ~known
        if not known.any():
            filled[those] = mean
            uncertain += len(those) * covariance
            continue
        across = covariance[np.ix_(gap, known)]
        gain = np.linalg.solve(covariance[np.ix_(known, known)], across.T).T
        filled[np.ix_(those, gap)] = mean[gap] + (rows[np.ix_(those, known)] - mean[known]) @ gain.T
        uncertain[np.ix_(gap, gap)] += len(those) * (covariance[np.ix_(gap, gap)] - gain @ across.T)
    return filled, uncertain


def _means(
    filled: Floats, known: NDArray[np.bool_], group_of: NDArray[np.int64], groups: int, within: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """The common mean, the variance between groups, each group's mean drawn towards the common one, its variance."""
    columns = filled.shape[1]
    sums = np.zeros((groups, columns))
    np.add.at(sums, group_of, filled)
    members = np.bincount(group_of, minlength=groups)[:, None]
    # A column counts in a group with those who have it: what was filled in says nothing new about the mean.
    counted = np.zeros((groups, columns))
    np.add.at(counted, group_of, known.astype(float))
    seen = counted > 0
    average = np.divide(sums, members, out=np.zeros_like(sums), where=members > 0)
    number = np.maximum(seen.sum(axis=0), 1)
    common = np.where(seen, average, 0.0).sum(axis=0) / number
    off = np.where(seen, (average - common) ** 2 - within / np.maximum(counted, 1), 0.0).sum(axis=0)
    # Of two or three groups the variance between them is hardly known: at least a twentieth of that within.
    between = np.maximum(off / np.maximum(number - 1, 1), within / 20)
    share = counted * between / (counted * between + within)
    means = common + share * (average - common)
    return common, between, np.where(seen, means, common), between * (1 - share)


def _drawn(covariance: Floats, rows: int) -> Floats:
    own = np.diag(np.diag(covariance))
    columns = len(covariance)
    return (rows * covariance + columns * own) / (rows + columns)
