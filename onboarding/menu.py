"""What the sidebar offers of this app."""

from django.utils.translation import gettext_lazy as _

from core.admin.menu import Entry, Group
from people.enums import Role

ONBOARDING = Group(_("Onboarding"), 30)

ENTRIES = [
    Entry(
        ONBOARDING,
        _("Onboarding cases"),
        "badge",
        model="onboarding.onboardingcase",
        order=10,
        daily=(Role.ONBOARDING, Role.LEAD),
    ),
    Entry(
        ONBOARDING,
        _("Steps"),
        "checklist",
        model="onboarding.onboardingstep",
        order=20,
        daily=(Role.ONBOARDING,),
    ),
    Entry(
        ONBOARDING,
        _("Delays"),
        "event_busy",
        model="onboarding.onboardingdelay",
        order=30,
        daily=(Role.ONBOARDING,),
    ),
    Entry(
        ONBOARDING,
        _("Identity documents"),
        "id_card",
        model="onboarding.employeeidentity",
        order=35,
        daily=(Role.ONBOARDING,),
    ),
    Entry(ONBOARDING, _("Templates"), "library_books", model="onboarding.onboardingtemplate", order=40),
]
