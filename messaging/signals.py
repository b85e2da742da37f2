"""What this app announces."""

from django.utils.translation import gettext_lazy as _

from core.events import DurableSignal

message_unreached = DurableSignal(
    "message_unreached",
    _("Message reached nobody"),
    "A message failed on every channel there was, or had none. Of the chain of its origin. Facts: kind, audience, why "
    "(no_way: nobody can be written to there; failed: every channel refused).",
)
