"""What is announced of tables: who sent, confirmed and took back what stays in the ledger of events."""

from django.utils.translation import gettext_lazy as _

from core.events import DurableSignal

import_sent = DurableSignal(
    "import_sent", _("File sent for import"), "A file is to be read and checked. Facts: kind, digest."
)
import_confirmed = DurableSignal(
    "import_confirmed",
    _("Import confirmed"),
    "Somebody saw what would become of each row and said yes. Facts: kind, digest, counts.",
)
import_undone = DurableSignal(
    "import_undone", _("Import taken back"), "What it made is to be taken away again. Facts: kind, digest."
)
export_asked = DurableSignal(
    "export_asked", _("Export asked for"), "A long list is to be made into a file. Facts: model, format."
)
