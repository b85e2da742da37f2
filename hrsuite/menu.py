"""What the sidebar offers of this app."""

from django.utils.translation import gettext_lazy as _

from core.admin.menu import EVERYBODY, SYSTEM, TODAY, Entry
from people.rules import is_lead

ENTRIES = [
    Entry(TODAY, _("Overview"), "today", address="admin:index", order=10, daily=(EVERYBODY,)),
    Entry(TODAY, _("All pages"), "apps", address="pages", order=90, daily=(EVERYBODY,)),
    Entry(
        SYSTEM,
        _("How long data are kept"),
        "auto_delete",
        model="recruitment.hold",
        address="keeping",
        order=45,
    ),
    Entry(
        SYSTEM,
        _("Diagnostics"),
        "troubleshoot",
        model="django_q.failure",
        address="diagnostics",
        order=79,
        opens=lambda person: person.is_superuser,
    ),
    Entry(
        SYSTEM,
        _("Yearly health check"),
        "monitor_heart",
        model="checks.check",
        address="health_reports",
        order=6,
        opens=is_lead,
    ),
    Entry(SYSTEM, _("API documents"), "api", address="docs", order=60),
]
