"""What the lead is told above the first page when the data are not as they were promised."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.admin import banners
from core.checks.models import Check
from people.actors import person_of
from people.rules import keeps_house


def broken(request: HttpRequest) -> str | None:
    """A sentence with the way to the data check, as long as its last look found something. One query, for the lead."""
    if request.path != "/admin/" or not keeps_house(person_of(request)):
        return None
    count = Check.objects.red().count()
    if not count:
        return None
    said = ngettext(
        "The data check found %(count)s promise that does not hold.",
        "The data check found %(count)s promises that do not hold.",
        count,
    ) % {"count": count}
    address = reverse("admin:checks_check_changelist")
    return format_html('{} <a href="{}">{}</a>', said, address, _("See which"))


banners.register("hrsuite.checks", broken)
