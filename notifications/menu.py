"""What the sidebar offers of this app: beside the ledger of messages, for which it has the words."""

from django.utils.translation import gettext_lazy as _

from core.admin.menu import Entry
from messaging.menu import MESSAGES

ENTRIES = [
    Entry(MESSAGES, _("Waiting times"), "hourglass_top", model="notifications.waitbeforetelling", order=30),
    Entry(MESSAGES, _("Wordings of messages"), "edit_note", model="notifications.wording", order=35),
]
