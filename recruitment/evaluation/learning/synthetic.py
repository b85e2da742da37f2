"""Cohorts whose truth is known: what the method promises, tried where it must hold and where it cannot.

Six groups of differing difficulty; four competencies that hang together, seen in each of three stages with noise; one
written test. A quarter leaves after the first or second stage:

    random    whoever it hits
    network   where the line is bad, which differs from group to group and says nothing about anybody
    weak      the more likely, the weaker one really is, beyond what the scores so far show
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from recruitment.evaluation.learning.backtest import case, scale_of, summary
from recruitment.evaluation.learning.cohort import Cohort, Column, Floats, Person, plan_of
from recruitment.evaluation.learning.estimator import learn
from recruitment.evaluation.learning.exits import compare
from recruitment.evaluation.learning.names import LEARNED

Leaving = Literal["random", "network", "weak"]
LEAVING: tuple[Leaving, ...] = ("random", "network", "weak")
GROUPS, STAGES, COMPETENCIES, PEOPLE = 6, 3, 4, 600
# Several small cohorts instead of one: what is learned differs from cohort to cohort, and the promise is about all.
COHORTS = 8
SHARE = 0.25
COLUMNS: list[Column] = [
    (str(stage), f"competency {number}")
    for stage in range(1, STAGES + 1)
    for number in range(1, COMPETENCIES + 1)
]


@dataclass(frozen=True)
class Known:
    """A cohort as its reader sees it, and what those who left would have had."""

    cohort: Cohort
    # place of the person, stages kept, overall score
    left: list[tuple[int, int, float]]


def draw(leaving: Leaving, seed: int, people: int = PEOPLE) -> Known:
    """One cohort; the same seed draws the same."""
    chance = np.random.default_rng(seed)
    group_of = chance.integers(GROUPS, size=people)
    difficulty = chance.normal(0, 6, size=(GROUPS, COMPETENCIES))
    general = chance.normal(0, 8, size=people)
    ability = 62 + general[:, None] + chance.normal(0, 7, size=(people, COMPETENCIES)) + difficulty[group_of]
    scores = np.clip(
        ability[:, None, :] + chance.normal(0, 9, size=(people, STAGES, COMPETENCIES)), 0, 100
    )  # fmt: skip
    test = np.clip(60 + 1.2 * general + chance.normal(0, 8, size=people), 0, 100)
    gone = chance.random(people) < _chance_of(leaving, chance, group_of, ability)
    kept = np.where(gone, chance.integers(1, STAGES, size=people), STAGES)
    plan = plan_of(COLUMNS)
    everybody, left = [], []
    for index in range(people):
        own = {column: float(score) for column, score in zip(COLUMNS, scores[index].ravel(), strict=True)}
        saved = {column: score for column, score in own.items() if int(column[0]) <= kept[index]}
        everybody.append(Person(str(index), f"group {group_of[index]}", saved, {"logic": float(test[index])}))
        if gone[index]:
            left.append((index, int(kept[index]), plan.overall(own)))
    return Known(Cohort(everybody, {person.group: plan for person in everybody}), left)


def try_out(pass_line: float = 60.0) -> dict[str, Any]:
    """For each way of leaving, over COHORTS cohorts: the back-test's figures for those who left, against their truth;
    in how many cohorts the page would warn that leaving is not random (in most of them it `abstains`: nobody is advised
    on an estimate, which `no_advice` counts as none); and whether the error is below both others."""
    return {leaving: _try(leaving, pass_line) for leaving in LEAVING}


def _try(leaving: Leaving, pass_line: float) -> dict[str, Any]:
    cases, advised, warnings = [], 0, 0
    for seed in range(COHORTS):
        known = draw(leaving, seed)
        scale, bounds = scale_of(known.cohort)
        estimator = learn(known.cohort, np.arange(len(known.cohort.people)), bounds)
        mine = [
            case(known.cohort, estimator, index=index, kept=kept, scale=scale, truth=truth)
            for index, kept, truth in known.left
        ]
        cases += mine
        warned = compare(known.cohort)["warning"]
        warnings += warned
        advised += 0 if warned else sum(not one.estimate.crosses(pass_line) for one in mine)
    found = summary(cases, pass_line) | {"no_advice": round(1 - advised / len(cases), 4)}
    others = [error for name, error in found["rmse"].items() if name != LEARNED]
    return {
        **found,
        "cohorts": COHORTS,
        "warned": warnings,
        "abstains": 2 * warnings > COHORTS,
        "better": LEARNED in found["rmse"] and found["rmse"][LEARNED] < min(others),
    }


def _chance_of(leaving: Leaving, chance: np.random.Generator, group_of: Any, ability: Floats) -> Floats:
    """How likely each leaves."""
    if leaving == "random":
        return np.full(len(group_of), SHARE)
    if leaving == "network":
        line = chance.uniform(0.1, 0.4, size=GROUPS)[group_of]
        return line * SHARE / line.mean()
    weakness = 1 / (1 + np.exp((ability.mean(axis=1) - 54) / 4))
    return weakness * SHARE / weakness.mean()
