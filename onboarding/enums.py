"""States and kinds of onboarding, and which step of a case waits for which."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.transitions import Steps


class CaseState(models.TextChoices):
    """Where the preparation of a hire stands."""

    PREPARING = "preparing", _("Preparing")
    READY = "ready", _("Ready to start")
    STARTED = "started", _("Started")
    CANCELLED = "cancelled", _("Cancelled")

    # The start still lies ahead: delays and forecasts follow the interviews.
    running = nonmember(("preparing", "ready"))


# (sources, target) of every step of a case; the model's transitions and the database trigger both read it.
CASE_STEPS = Steps(
    {
        "get_ready": ((CaseState.PREPARING,), CaseState.READY),
        "prepare_again": ((CaseState.READY,), CaseState.PREPARING),
        "start": ((CaseState.READY,), CaseState.STARTED),
        "cancel": ((CaseState.PREPARING, CaseState.READY), CaseState.CANCELLED),
        "reinstate": ((CaseState.CANCELLED,), CaseState.PREPARING),
    }
)


class StepKind(models.TextChoices):
    """What a step is about."""

    APPROVAL = "approval", _("Approval")
    CONTRACT = "contract", _("Contract")
    ACCESS = "access", _("System access")
    EQUIPMENT = "equipment", _("Equipment")
    FIRST_DAY = "first_day", _("First day")

    # What must be done before anybody can start.
    preparation = nonmember(("approval", "contract", "access", "equipment"))


# A step waits until every step of these kinds in its case is done.
WAITS_FOR: dict[str, tuple[str, ...]] = {
    StepKind.APPROVAL: (),
    StepKind.CONTRACT: (StepKind.APPROVAL,),
    StepKind.ACCESS: (StepKind.CONTRACT,),
    StepKind.EQUIPMENT: (StepKind.CONTRACT,),
    StepKind.FIRST_DAY: StepKind.preparation,
}


class StepState(models.TextChoices):
    """Waiting for an earlier step, ready to be done, done."""

    WAITING = "waiting", _("Waiting for an earlier step")
    READY = "ready", _("Can be done")
    DONE = "done", _("Done")


STEP_MOVES = Steps(
    {
        "open": ((StepState.WAITING,), StepState.READY),
        "hold": ((StepState.READY,), StepState.WAITING),
        "complete": ((StepState.READY,), StepState.DONE),
        "undo": ((StepState.DONE,), StepState.READY),
    }
)


class DocumentKind(models.TextChoices):
    """What somebody identifies themselves with."""

    RESIDENT = "resident", _("Resident identity card")
    PASSPORT = "passport", _("Passport")
    HONG_KONG_MACAO = "hong_kong_macao", _("Mainland Travel Permit for Hong Kong and Macao Residents")
    TAIWAN = "taiwan", _("Mainland Travel Permit for Taiwan Residents")
    PERMANENT = "permanent", _("Foreign Permanent Resident ID Card")
    RESIDENCE = "residence", _("Residence Permit for Hong Kong, Macao and Taiwan Residents")
