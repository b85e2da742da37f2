"""What the sidebar offers of this app."""

from django.utils.translation import gettext_lazy as _

from core.admin.menu import Entry, Group
from people.enums import ADMINISTRATOR, Role

PEOPLE = Group(_("People and calendar"), 70)

ENTRIES = [
    Entry(
        PEOPLE,
        _("Employee files"),
        "folder_shared",
        model="people.employee",
        order=10,
        daily=(Role.ONBOARDING, Role.TRAINING),
    ),
    Entry(PEOPLE, _("Departments"), "account_tree", model="people.department", order=20),
    Entry(PEOPLE, _("Colleagues"), "group", model="people.user", order=30, daily=(Role.LEAD, ADMINISTRATOR)),
    Entry(
        PEOPLE,
        _("Rights by role"),
        "shield_person",
        model="people.secondfactorrule",
        address="rights",
        order=32,
        daily=(ADMINISTRATOR,),
    ),
    Entry(PEOPLE, _("API keys"), "key", model="people.apitoken", order=35, daily=(ADMINISTRATOR,)),
    Entry(
        PEOPLE,
        _("Rules of signing in"),
        "shield_lock",
        model="people.secondfactorrule",
        order=36,
        daily=(ADMINISTRATOR,),
    ),
    Entry(
        PEOPLE,
        _("Working calendar"),
        "calendar_month",
        model="people.calendarday",
        order=40,
        daily=(Role.ONBOARDING,),
    ),
    Entry(PEOPLE, _("Calendar years"), "date_range", model="people.calendaryear", order=50),
]
