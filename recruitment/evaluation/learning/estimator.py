"""What is learned of a cohort: the Gaussian and its calibration, together the estimate of who left half way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recruitment.evaluation.learning.calibration import Calibration, Miss, Told, calibrate
from recruitment.evaluation.learning.cohort import Cohort, Column, Floats
from recruitment.evaluation.learning.gaussian import Gaussian, fit
from recruitment.evaluation.learning.names import ENOUGH

FOLDS = 5
# An estimate surer than a thousandth of the scores' spread is rounding.
SUREST = 1e-3


@dataclass(frozen=True, slots=True)
class Estimate:
    """The overall score expected, and the interval it lies in with 90 %; whose misses the interval stands on."""

    value: float
    low: float
    high: float
    calibration: Told

    def crosses(self, line: float) -> bool:
        """Whether the interval holds both sides of the pass line: then it advises nothing."""
        return self.low < line <= self.high


@dataclass(frozen=True)
class Estimator:
    """What was learned: of these columns and groups; `spread` of the overall scores, `bounds` of the scale or None."""

    columns: list[Column]
    groups: list[str]
    gaussian: Gaussian
    calibration: Calibration
    spread: float
    bounds: tuple[float, float] | None

    def estimate(self, row: Floats, weights: Floats, group: str, kept: int) -> Estimate | None:
        """The estimate from what is known in `row`, both in this estimator's columns; a group that taught nothing is
        taken as any. None where too few misses are known."""
        told = self.calibration.factor(group, kept)
        if told is None:
            return None
        number = self.groups.index(group) if group in self.groups else None
        value, deviation = self.gaussian.expect(row, number, weights)
        half = told[0] * max(deviation, SUREST * self.spread)
        return Estimate(*kept_within(value, half, self.bounds), told[1])


def kept_within(value: float, half: float, bounds: tuple[float, float] | None) -> tuple[float, float, float]:
    """`value` ± `half` within the scale."""
    low, high = value - half, value + half
    if bounds is None:
        return value, low, high
    return tuple(float(np.clip(figure, *bounds)) for figure in (value, low, high))  # type: ignore[return-value]


def learn(
    cohort: Cohort, taught_by: NDArray[np.int64], bounds: tuple[float, float] | None
) -> Estimator | None:
    """The estimator that these people of the cohort teach, or None below ENOUGH finished ones among them.

    Who did not finish counts in the fit with what is known, and not in the calibration. Each miss is of an estimate
    that was fitted without the person, in FOLDS parts.
    """
    finished = np.intersect1d(taught_by, cohort.finished)
    if len(finished) < ENOUGH:
        return None
    groups = len(cohort.groups)
    misses: list[Miss] = []
    spread = float(np.std([overall(cohort, index) for index in finished]))
    for part in parts(len(finished), FOLDS):
        left_out = finished[part]
        others = np.setdiff1d(taught_by, left_out)
        gaussian = fit(cohort.rows[others], cohort.group_of[others], groups)
        misses += _misses(cohort, gaussian, left_out, SUREST * spread)
    gaussian = fit(cohort.rows[taught_by], cohort.group_of[taught_by], groups)
    return Estimator(cohort.columns, cohort.groups, gaussian, calibrate(misses), spread, bounds)


def overall(cohort: Cohort, index: int) -> float:
    """The overall score of somebody who finished."""
    person = cohort.people[index]
    return cohort.plans[person.group].overall(person.scores)


def parts(size: int, count: int) -> list[NDArray[np.int64]]:
    """Places 0 to `size` in so many parts, mixed, the same every time."""
    return np.array_split(np.random.default_rng(7).permutation(size), count)


def _misses(cohort: Cohort, gaussian: Gaussian, people: NDArray[np.int64], surest: float) -> list[Miss]:
    misses = []
    for index in people:
        group = cohort.people[index].group
        truth = overall(cohort, int(index))
        weights = cohort.weights_of(group)
        for kept in range(1, len(cohort.plans[group].stages)):
            row = cohort.kept(int(index), kept)
            value, deviation = gaussian.expect(row, int(cohort.group_of[index]), weights)
            misses.append(Miss(group, kept, abs(truth - value) / max(deviation, surest)))
    return misses
