"""Who is told."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """In which part somebody is told."""

    CANDIDATE = "candidate", _("Candidate")
    SPECIALIST = "specialist", _("Recruiting specialist")
    MANAGER = "manager", _("Department manager")
    ONBOARDING = "onboarding", _("Onboarding specialist")
    TRAINING = "training", _("Training specialist")
    LEAD = "lead", _("HR lead")
    INTERVIEWER = "interviewer", _("Interviewer")
    COLLEAGUE = "colleague", _("Colleague")


class End(models.TextChoices):
    """The words about how far an application came, each the code of its message."""

    OFFER = "offer", _("Offer notice")
    HIRED = "hired", _("Hire notice")
    REJECTED = "rejected", _("Rejection notice")
    WITHDRAWN = "withdrawn", _("Confirmation of a withdrawal")
    FELL_THROUGH = "fell_through", _("Fell-through notice")
    REOPENED = "reopened", _("Notice that an end was taken back")


def end_choices() -> list[tuple[str, Any]]:
    """For fields: a kind more is no change of the table."""
    return End.choices


# Hours to wait where nobody set them: a rejection for a day, the rest for an hour, what puts an error right not at all.
HOURS_TO_WAIT = {
    End.OFFER: 1,
    End.HIRED: 1,
    End.REJECTED: 24,
    End.WITHDRAWN: 1,
    End.FELL_THROUGH: 1,
    End.REOPENED: 0,
}
