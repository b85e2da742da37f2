"""The choices of this app's fields."""

from enum import nonmember
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a colleague answers for. One person may hold several; the rights follow from them."""

    RECRUITING = "recruiting", _("Recruiting specialist")
    ONBOARDING = "onboarding", _("Onboarding specialist")
    TRAINING = "training", _("Training specialist")
    LEAD = "lead", _("HR lead")
    MANAGER = "manager", _("Department manager")
    INTERVIEWER = "interviewer", _("Interviewer")
    ADMINISTRATOR = "administrator", _("System administrator")


def role_choices() -> list[tuple[str, Any]]:
    """For fields of other apps: a role more is no change of theirs."""
    return Role.choices


# Whoever keeps the machine: a superuser has this work besides that of the own roles.
ADMINISTRATOR = Role.ADMINISTRATOR
HR_ROLES = frozenset({Role.RECRUITING, Role.ONBOARDING, Role.TRAINING, Role.LEAD})
# Whose pages are those of the back office; the others have pages of their own.
STAFF_ROLES = HR_ROLES | {Role.ADMINISTRATOR}


class KeyScope(models.TextChoices):
    """What a program with a key may do of what its person may do."""

    READ = "read", _("Read only")
    WRITE = "write", _("Read and take steps")


class EmployeeStatus(models.TextChoices):
    """Where an employee file stands. A prospective hire has not accepted an offer yet: no employee, and no number."""

    PROSPECTIVE = "prospective", _("Prospective hire")
    PREPARING = "preparing", _("Preparing to start")
    ACTIVE = "active", _("Employed")
    CANCELLED = "cancelled", _("Did not start")
    LEFT = "left", _("Left the company")

    # The start lies ahead.
    before_the_start = nonmember(("prospective", "preparing"))
    # Of these there may be a file without a number.
    never_came = nonmember(("prospective", "cancelled"))
