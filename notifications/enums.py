"""Who is told."""

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
