"""What this app announces."""

from django.utils.translation import gettext_lazy as _

from core.events import DurableSignal

training_plan_changed = DurableSignal(
    "training_plan_changed",
    _("Training plan changed"),
    "A training plan came to be, changed or was closed. Subject: the TrainingPlan. Facts: state, version, basis, "
    "added, removed and updated (numbers of items), kept_done. Only when something really changed.",
)
