"""What an estimate must be better than: the mean of what is known carried forward, and the documented weights."""

from decimal import Decimal

import numpy as np

from recruitment.evaluation import fallback
from recruitment.evaluation.learning.cohort import TEST, Cohort, Floats
from recruitment.evaluation.learning.estimator import Estimate

HUNDRED = 100.0


def carried_mean(cohort: Cohort, row: Floats, group: str) -> float:
    """The mean of the known scores; a competency with scores of its own keeps their mean."""
    known = _by_competency(cohort, row, group)
    every = [score for scores in known.values() for score in scores]
    mean = float(np.mean(every))
    return float(np.mean([np.mean(scores) if scores else mean for scores in known.values()]))


def documented(cohort: Cohort, row: Floats, group: str, scale: tuple[float, float]) -> Estimate:
    """`recruitment.evaluation.fallback` with its weights set by judgement, on a scale brought to 0 to 100."""
    low, high = scale
    known = _by_competency(cohort, row, group)
    number = {competency: index for index, competency in enumerate(sorted(known), 1)}
    pieces = [
        fallback.Evidence("stage", competency, number[competency], _hundred(score, scale))
        for competency, scores in known.items()
        for score in scores
    ]
    pieces += [
        fallback.Evidence("written_test", name, number.get(name), _hundred(float(score), own))
        for (stage, name), score, own in zip(cohort.columns, row, cohort.scales, strict=True)
        if stage == TEST and not np.isnan(score)
    ]
    found = fallback.estimate(pieces, set(number.values()))
    if found is None:
        raise ValueError("whoever began has a score")
    back = [
        low + float(figure) * (high - low) / HUNDRED
        for figure in (found.overall.value, found.overall.low, found.overall.high)
    ]
    return Estimate(back[0], back[1], back[2], "pooled")


def _by_competency(cohort: Cohort, row: Floats, group: str) -> dict[str, list[float]]:
    """The known scores of each competency that the group's plan asks."""
    found: dict[str, list[float]] = {competency: [] for _stage, competency in cohort.plans[group].weights}
    for column, score in zip(cohort.columns, row, strict=True):
        if column in cohort.plans[group].weights and not np.isnan(score):
            found[column[1]].append(float(score))
    return found


def _hundred(score: float, scale: tuple[float, float]) -> Decimal:
    low, high = scale
    return Decimal(str(round(min(max((score - low) / (high - low), 0.0), 1.0) * HUNDRED, 4)))
