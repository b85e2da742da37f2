"""An estimator as JSON, so that every process has the one that was learned last."""

from typing import Any

import numpy as np

from recruitment.evaluation.learning.calibration import Calibration
from recruitment.evaluation.learning.estimator import Estimator
from recruitment.evaluation.learning.gaussian import Gaussian


def written(estimator: Estimator) -> dict[str, Any]:
    """Everything of the estimator in JSON's own types."""
    gaussian, calibration = estimator.gaussian, estimator.calibration
    return {
        "columns": [list(column) for column in estimator.columns],
        "groups": estimator.groups,
        "gaussian": {
            name: getattr(gaussian, name).tolist()
            for name in ("means", "covariance", "doubt", "common", "between")
        },
        "own": [[group, kept, factor] for (group, kept), factor in calibration.own.items()],
        "pooled": [[kept, factor] for kept, factor in calibration.pooled.items()],
        "everybody": calibration.everybody,
        "spread": estimator.spread,
        "bounds": estimator.bounds and list(estimator.bounds),
    }


def read(stored: dict[str, Any]) -> Estimator:
    """The estimator again."""
    bounds = stored["bounds"]
    return Estimator(
        [(stage, competency) for stage, competency in stored["columns"]],
        stored["groups"],
        Gaussian(**{name: np.array(figures) for name, figures in stored["gaussian"].items()}),
        Calibration(
            {(group, kept): factor for group, kept, factor in stored["own"]},
            dict(stored["pooled"]),
            stored["everybody"],
        ),
        stored["spread"],
        bounds and (bounds[0], bounds[1]),
    )
