"""What is noted of a candidate before the camera: whether at all, and why nothing was measured. Never an emotion."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Faces(models.TextChoices):
    """Whether shares of spoken answers are noted (a face there, several, a head turned), and who sees them."""

    OFF = "off", _("No")
    COLLECT = "collect", _("Noted, shown to no colleague")
    SHOW = "show", _("Noted, and shown beside the recording")


class NotMeasured(models.TextChoices):
    """Why there are no figures of an answer. Missing is never zero."""

    SLOW = "slow", _("not measured: the device is too slow")
    LAGGING = "lagging", _("not measured: the recording and its upload come first")
    SAVING = "saving", _("not measured: the device saves power")
    UNSUPPORTED = "unsupported", _("not measured: this browser cannot")
    FAILED = "failed", _("not measured: it could not be loaded")
