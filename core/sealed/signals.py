"""What is announced of sealed data."""

from django.utils.translation import gettext_lazy as _

from core.events import DurableSignal

sealing_asked = DurableSignal(
    "sealing_asked",
    _("To be sealed anew"),
    "The values of one table are to be sealed under the present key. Subject: the SealedTable. Facts: key.",
)
