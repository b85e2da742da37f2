"""The choices of this app's fields, and the steps of its two machines."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.transitions import Steps


class CourseKind(models.TextChoices):
    """A course teaches a skill up to a level; a diagnostic finds out the level."""

    COURSE = "course", _("Course")
    DIAGNOSTIC = "diagnostic", _("Diagnostic")


class PlanState(models.TextChoices):
    """A plan is closed when its application is called off, and active again when that is taken back."""

    ACTIVE = "active", _("Active")
    CLOSED = "closed", _("Closed")


class PlanBasis(models.TextChoices):
    """The strongest evidence that a plan stands on. A fallback is an estimate, and no evidence."""

    FULL = "full", _("Full assessment")
    PARTIAL = "partial", _("Partial assessment")
    WRITTEN_TEST = "written_test", _("Written test")
    NOTHING = "nothing", _("No evidence yet")


class ItemState(models.TextChoices):
    """Removed: no longer needed, kept as history."""

    PLANNED = "planned", _("Planned")
    DONE = "done", _("Done")
    REMOVED = "removed", _("Removed")

    live = nonmember(("planned", "done"))


class Reason(models.TextChoices):
    """Why an item stands in a plan."""

    GAP = "gap", _("Below the required level")
    UNKNOWN = "unknown", _("Level not known")


# (sources, target) of every step; the models' transitions and the database triggers both read them.
PLAN_STEPS = Steps(
    {
        "close": ((PlanState.ACTIVE,), PlanState.CLOSED),
        "reopen": ((PlanState.CLOSED,), PlanState.ACTIVE),
    }
)
ITEM_STEPS = Steps(
    {
        "complete": ((ItemState.PLANNED,), ItemState.DONE),
        "reopen": ((ItemState.DONE,), ItemState.PLANNED),
        "remove": ((ItemState.PLANNED,), ItemState.REMOVED),
    }
)
