"""The back-test: every finished interview with its last stages hidden, estimated by what the others teach.

Each finished person is one case for each number of stages kept, and is estimated by an estimator that was fitted and
calibrated without this person (FOLDS parts). What is printed is therefore what the product would have said.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.figures import LEAST
from recruitment.evaluation.learning import baselines, exits
from recruitment.evaluation.learning.calibration import COVERAGE
from recruitment.evaluation.learning.cohort import Cohort, scale_found
from recruitment.evaluation.learning.estimator import (
    FOLDS,
    Estimate,
    Estimator,
    learn,
    overall,
    parts,
)
from recruitment.evaluation.learning.names import CARRIED, DOCUMENTED, ENOUGH, LEARNED

HUNDRED = (0.0, 100.0)
PASS_LINE = 60.0
# Two standard errors below the wanted coverage, of as many cases as there are, is too low to be chance.
CHANCE = 2.0


@dataclass(frozen=True, slots=True)
class Case:
    """One estimate beside the truth. `estimate` is what the product would say, `learned` whether it was learned,
    `documented` what it would say by the documented weights."""

    group: str
    kept: int
    truth: float
    estimate: Estimate
    documented: Estimate
    learned: bool
    values: dict[str, float]

    @property
    def is_covered(self) -> bool:
        """Whether the truth lies in the interval."""
        return self.estimate.low <= self.truth <= self.estimate.high


def scale_of(cohort: Cohort) -> tuple[tuple[float, float], tuple[float, float] | None]:
    """The scale of the scores, and the bounds they keep to: none where it is only as found."""
    scale = cohort.scale or scale_found(cohort.scored)
    return scale, scale if scale == HUNDRED else None


def cases_of(cohort: Cohort) -> list[Case]:
    """Every case of this cohort, by the others' teaching."""
    scale, bounds = scale_of(cohort)
    finished = np.array(cohort.finished, dtype=np.int64)
    everybody = np.arange(len(cohort.people))
    cases: list[Case] = []
    for part in parts(len(finished), FOLDS):
        left_out = finished[part]
        estimator = learn(cohort, np.setdiff1d(everybody, left_out), bounds)
        for index in left_out:
            cases += [
                case(cohort, estimator, index=int(index), kept=kept, scale=scale)
                for kept in range(1, len(cohort.plans[cohort.people[index].group].stages))
            ]
    return cases


def case(
    cohort: Cohort,
    estimator: Estimator | None,
    *,
    index: int,
    kept: int,
    scale: tuple[float, float],
    truth: float | None = None,
) -> Case:
    """This person with `kept` stages known; `truth` where the row does not hold it."""
    group = cohort.people[index].group
    row = cohort.kept(index, kept)
    documented = baselines.documented(cohort, row, group, scale)
    learned = estimator.estimate(row, cohort.weights_of(group), group, kept) if estimator else None
    values = {CARRIED: baselines.carried_mean(cohort, row, group), DOCUMENTED: documented.value}
    if learned:
        values[LEARNED] = learned.value
    return Case(
        group,
        kept,
        overall(cohort, index) if truth is None else truth,
        learned or documented,
        documented,
        learned is not None,
        values,
    )


def _documented(cases: list[Case], pass_line: float | None) -> dict[str, Any]:
    """What the documented weights cover, how widely, and in which share they advise nothing."""
    alone = [dataclasses.replace(one, estimate=one.documented) for one in cases]
    return {name: summary(alone, pass_line)[name] for name in ("coverage", "width", "no_advice")}


def summary(cases: list[Case], pass_line: float | None) -> dict[str, Any]:
    """`n` cases, the share that their intervals cover, mean width, root mean square error of each method over the same
    cases, and the share without advice. Figures are None where there is no case."""
    if not cases:
        return {"n": 0, "coverage": None, "width": None, "rmse": {}, "no_advice": None}
    # A method that says nothing about some cases is compared on no other's.
    methods = [name for name in (LEARNED, CARRIED, DOCUMENTED) if all(name in one.values for one in cases)]
    return {
        "n": len(cases),
        "coverage": _rounded(np.mean([one.is_covered for one in cases])),
        "width": _rounded(np.mean([one.estimate.high - one.estimate.low for one in cases])),
        "rmse": {
            name: _rounded(np.sqrt(np.mean([(one.values[name] - one.truth) ** 2 for one in cases])))
            for name in methods
        },
        "no_advice": None
        if pass_line is None
        else _rounded(np.mean([one.estimate.crosses(pass_line) for one in cases])),
    }


def backtest(cohort: Cohort, pass_line: float | None = None) -> dict[str, Any]:
    """The whole: overall, by group, in the worst group, exits compared with finishers, and which estimate to use.

    `use` is "learned" where it is better than both others and covers what it promises, else "documented_weights" with
    the reason in `because`; `documented` says what those cover. `abstains`: exits differ from finishers on what is
    known, so that nobody is advised on an estimate, and `no_advice` is 1. The pass line is PASS_LINE of 0 to 100 where
    none is given; on another scale there is none, and no share without advice. Worst is a group of LEAST cases or more:
    of fewer no share means anything.
    """
    _scale, bounds = scale_of(cohort)
    line = PASS_LINE if pass_line is None and bounds is not None else pass_line
    cases = cases_of(cohort)
    by_group = {
        group: {
            **summary(mine, line),
            "calibration": _calibration(mine),
            "stages": list(cohort.plans[group].stages),
        }
        for group in cohort.groups
        for mine in [[one for one in cases if one.group == group]]
    }
    tested = {group: one for group, one in by_group.items() if one["n"] >= LEAST}
    worst = min(tested, key=lambda group: (tested[group]["coverage"], group), default=None)
    found = summary(cases, line)
    use, because = _choice(found)
    if not cases and len(cohort.finished) >= ENOUGH:
        because = "one_stage"
    left = exits.compare(cohort)
    if left["warning"]:
        for one in (found, *by_group.values()):
            one["no_advice"] = None if one["no_advice"] is None else 1.0
    return {
        **found,
        "documented": _documented(cases, line),
        "persons": len(cohort.people),
        "finished": len(cohort.finished),
        "level": COVERAGE,
        "pass_line": line,
        "use": use,
        "because": because,
        "abstains": left["warning"],
        "by_group": by_group,
        "worst_group": worst
        and {"group": worst, "coverage": tested[worst]["coverage"], "n": tested[worst]["n"]},
        "exits": left,
    }


def _choice(found: dict[str, Any]) -> tuple[str, str]:
    rmse = found["rmse"]
    if LEARNED not in rmse:
        return DOCUMENTED, "too_few_finished"
    if rmse[LEARNED] >= min(rmse[CARRIED], rmse[DOCUMENTED]):
        return DOCUMENTED, "no_better"
    if found["coverage"] < COVERAGE - CHANCE * np.sqrt(COVERAGE * (1 - COVERAGE) / found["n"]):
        return DOCUMENTED, "covers_too_little"
    return LEARNED, "better_and_covers"


def _calibration(cases: list[Case]) -> str | None:
    """Whose misses the group's intervals stand on: its own only where all do."""
    if not cases:
        return None
    if not all(one.learned for one in cases):
        return DOCUMENTED
    return "own" if all(one.estimate.calibration == "own" for one in cases) else "pooled"


def _rounded(figure: Any) -> float:
    return round(float(figure), 4)


__all__ = ["ENOUGH", "Case", "backtest", "case", "cases_of", "scale_of", "summary"]
