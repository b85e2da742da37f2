"""What the sidebar offers of this app."""

from django.utils.translation import gettext_lazy as _

from core.admin.menu import SYSTEM, Entry

ENTRIES = [Entry(SYSTEM, _("looks and exports"), "visibility", model="history.look", order=39)]
