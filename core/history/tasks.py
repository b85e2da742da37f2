"""The history's own job."""

import logging
from datetime import timedelta

from django.utils import timezone

from core.history import seals, triggers

logger = logging.getLogger(__name__)
LOOKED_BACK = timedelta(days=31)


class HistoryBroken(Exception):
    """A sealed day was rewritten, or a table's history is switched off: the job fails, so that it is seen."""


def seal() -> int:
    """Seal the days that are over, and count the last month's again. HistoryBroken names what does not hold."""
    sealed = seals.seal_days()
    found = seals.check(since=timezone.localdate() - LOOKED_BACK)
    wrong = [f"{each.day}: {each.what}" for each in found.broken] + triggers.missing()
    if wrong:
        logger.error("history does not hold: %s", ", ".join(wrong))
        raise HistoryBroken(", ".join(wrong))
    return sealed
