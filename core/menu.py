"""What the sidebar offers of this app."""

from django.utils.translation import gettext_lazy as _

from core.admin.menu import SYSTEM, Entry

ENTRIES = [
    Entry(
        SYSTEM,
        _("What is owed"),
        "sync_problem",
        model="events.reaction",
        query="is=undone",
        order=10,
        daily=("administrator",),
    ),
    Entry(SYSTEM, _("Events"), "bolt", model="events.event", order=20, daily=("administrator",)),
    Entry(
        SYSTEM, _("Scheduled jobs"), "schedule", model="django_q.schedule", order=70, daily=("administrator",)
    ),
    Entry(SYSTEM, _("Failed jobs"), "error", model="django_q.failure", order=80, daily=("administrator",)),
    Entry(SYSTEM, _("Backups"), "backup", model="core.backuprun", order=60),
]
