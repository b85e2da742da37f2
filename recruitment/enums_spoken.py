"""Spoken dialogue: whether questions are read aloud, and by whose voice."""

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
