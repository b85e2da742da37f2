"""Who left, compared with who finished, on what was known of both before the exit.

An estimate for those who left rests on those who finished. Where the two differ in what is known, they may differ in
what is not, and no figure of this page can show by how much: that is said, and nothing is corrected.
"""

import math
from statistics import NormalDist
from typing import Any

import numpy as np

from recruitment.evaluation.learning.cohort import TEST, Cohort, Floats

# Of two or three people nothing is compared.
FEWEST = 10
CONFIDENCE = 0.95


def compare(cohort: Cohort) -> dict[str, Any]:
    """`n` who left with something saved; for the first stage and each test: how far apart the means are, in standard
    deviations within the group, with a 95 % interval that allows for looking at several; `warning` where one of them
    does not hold 0."""
    finished = np.zeros(len(cohort.people), dtype=bool)
    finished[cohort.finished] = True
    known = {"first_stage": _first_stage(cohort)}
    known |= {
        f"test_{name}": cohort.rows[:, number]
        for number, (stage, name) in enumerate(cohort.columns)
        if stage == TEST
    }
    compared = [
        one
        for what, figures in known.items()
        if (one := _difference(what, figures, finished, cohort, len(known))) is not None
    ]
    return {
        "n": int((~finished).sum()),
        "known_before": compared,
        "warning": any(not one["low"] <= 0 <= one["high"] for one in compared),
    }


def _first_stage(cohort: Cohort) -> Floats:
    """Each person's mean in the first stage of the own plan."""
    means = np.full(len(cohort.people), np.nan)
    for index, person in enumerate(cohort.people):
        first = cohort.plans[person.group].stages[0]
        scores = [score for (stage, _competency), score in person.scores.items() if stage == first]
        if scores:
            means[index] = np.mean(scores)
    return means


def _difference(
    what: str, figures: Floats, finished: Any, cohort: Cohort, looked_at: int
) -> dict[str, Any] | None:
    """Hedges' difference within groups: groups that are easy to leave are not compared with others."""
    left, stayed = [], []
    for group in range(len(cohort.groups)):
        mine = (cohort.group_of == group) & ~np.isnan(figures)
        of_stayed, of_left = figures[mine & finished], figures[mine & ~finished]
        if len(of_stayed) <= 1 or not len(of_left):
            continue
        stayed.append(of_stayed - of_stayed.mean())
        left.append(of_left - of_stayed.mean())
    both = [np.concatenate(side) if side else np.array([]) for side in (left, stayed)]
    if min(len(side) for side in both) < FEWEST:
        return None
    spread = float(np.std(np.concatenate([both[1], both[0] - both[0].mean()]), ddof=2)) or 1.0
    difference = float(both[0].mean()) / spread
    error = math.sqrt(sum(1 / len(side) for side in both))
    reach = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2 / looked_at) * error
    return {
        "what": what,
        "left": len(both[0]),
        "finished": len(both[1]),
        "difference": round(difference, 3),
        "low": round(difference - reach, 3),
        "high": round(difference + reach, 3),
    }
