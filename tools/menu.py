"""What the sidebar offers of the demo."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.admin.menu import EVERYBODY, TODAY, Entry
from tools.phone import place

PHONE = Entry(TODAY, _("This person's phone"), "smartphone", address="phone", order=90, daily=(EVERYBODY,))
# The phones are set up before the web starts.
ENTRIES = [PHONE] if place.read(settings.HOME) else []
