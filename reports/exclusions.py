"""Who is left out of a rate, and why."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.figures import Exclusion


class Reason(models.TextChoices):
    """Why something is not part of a denominator."""

    EXIT = "exit", _("Left half way")
    OUR_OUTAGE = "our_outage", _("Broken off by our server")
    NOT_STARTED = "not_started", _("Not started yet")
    UNDER_WAY = "under_way", _("Under way")
    AWAITING_SCORE = "awaiting_score", _("Finished, no full score yet")
    MISSED = "missed", _("Missed")
    CANCELLED = "cancelled", _("Cancelled")
    RESCHEDULED = "rescheduled", _("Rescheduled")
    SPARED = "spared", _("Settled before anybody called")
    UNANSWERED = "unanswered", _("Waits for an answer")
    TAKEN_BACK = "taken_back", _("Taken back by us")
    NO_SCORE = "no_score", _("No score")
    NO_EVIDENCE = "no_evidence", _("Nothing known")
    NOT_DUE = "not_due", _("Promise still running")
    WITHDREW = "withdrew", _("Withdrew before")
    NOT_PROMISED = "not_promised", _("No day was promised")


def exclusions(counts: Mapping[Reason, int]) -> tuple[Exclusion, ...]:
    """The reasons that occur, in the order of their definition."""
    return tuple(Exclusion(reason, counts[reason]) for reason in Reason if counts.get(reason))
