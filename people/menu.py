"""What the sidebar offers of this app."""

from django.utils.translation import gettext_lazy as _

from core.admin.menu import Entry, Group

PEOPLE = Group(_("People and calendar"), 70)

ENTRIES = [
    Entry(PEOPLE, _("Employee files"), "folder_shared", model="people.employee", order=10),
    Entry(PEOPLE, _("Departments"), "account_tree", model="people.department", order=20),
    Entry(PEOPLE, _("Colleagues"), "group", model="people.user", order=30),
    Entry(PEOPLE, _("API keys"), "key", model="people.apitoken", order=35),
    Entry(PEOPLE, _("Rules of signing in"), "shield_lock", model="people.secondfactorrule", order=36),
    Entry(PEOPLE, _("Working calendar"), "calendar_month", model="people.calendarday", order=40),
    Entry(PEOPLE, _("Calendar years"), "date_range", model="people.calendaryear", order=50),
]
