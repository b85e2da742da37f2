"""What was learned and stood when an interview broke off. Only where it estimates is numpy loaded."""

from django.db.models import Q

from core.events.reading import once_per_chain
from recruitment.evaluation.combine import Interval
from recruitment.models import Interview, Learning
from recruitment.services import progress

METHOD = "learned/1"
# An interview that broke off longer ago than this is estimated by the documented weights.
NIGHTS = 100


def expected(interview: Interview, saved: list[progress.SavedStage]) -> tuple[Interval, Learning] | None:
    """The overall score that is to be expected, by what had been learned when the interview broke off: what is learned
    later judges nobody again. None where nothing usable had been learned, no stage is scored, or the plan asks what no
    finished interview was asked."""
    broke_off = interview.interrupted_at
    if broke_off is None:
        return None
    row = next((row for row in _learnings() if row.learned_at <= broke_off), None)
    if row is None or not row.usable:  # type: ignore[attr-defined]
        return None
    from recruitment.evaluation.services import learning  # noqa: PLC0415 -- numpy, in the processes that estimate

    found = learning.estimate(interview, saved, row)
    return None if found is None else (found, row)


@once_per_chain
def _learnings() -> list[Learning]:
    """The last nights' rows, the newest first, without what was learned. One query."""
    rows = Learning.objects.order_by("-pk").defer("estimator", "result")
    return list(rows.annotate(usable=Q(estimator__isnull=False))[:NIGHTS])
