"""What the sidebar offers of this app."""

from django.utils.translation import gettext_lazy as _

from core.admin.menu import TODAY, Entry
from people.enums import Role
from people.rules import is_hr_or_manager

ENTRIES = [
    Entry(
        TODAY,
        _("Reports"),
        "monitoring",
        address="reports",
        order=60,
        opens=is_hr_or_manager,
        daily=(Role.RECRUITING, Role.ONBOARDING, Role.TRAINING, Role.LEAD),
    )
]
