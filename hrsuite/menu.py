"""What the sidebar offers of this app."""

from django.utils.translation import gettext_lazy as _

from core.admin.menu import SYSTEM, TODAY, Entry

ENTRIES = [
    Entry(TODAY, _("Overview"), "today", address="admin:index", order=10),
    Entry(SYSTEM, _("API documents"), "api", address="docs", order=60),
]
