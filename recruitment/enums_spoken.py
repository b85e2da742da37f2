"""Spoken dialogue: whether questions are read aloud, by whose voice, and why nothing further was asked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReadAloud(models.TextChoices):
    """Which voices a plan's questions may be heard in; the text always stands there."""

    OFF = "off", _("No")
    OWN = "own", _("In recordings of ours")
    ANY = "any", _("In recordings of ours, else in a synthetic voice")


class VoiceKind(models.TextChoices):
    OWN = "own", _("Recording of ours")
    SYNTHETIC = "synthetic", _("Synthetic voice")


class NoProbe(models.TextChoices):
    """Why nothing further was asked about an answer."""

    ALL_MENTIONED = "all_mentioned", _("Every point with a further question is mentioned")
    NOT_AGREED = "not_agreed", _("The candidate did not agree to AI evaluation")
    NONE_FITS = "none_fits", _("The model saw nothing left open")
    NOT_IN_TIME = "not_in_time", _("The model did not choose in time")
    NOT_HEARD = "not_heard", _("What was said was not written down before the stage was saved")
    NOT_ASKED = "not_asked", _("The candidate's page did not come to it before the stage was saved")
