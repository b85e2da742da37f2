"""On an opening's page: who stands next when an offer came to nothing, one click away from the next offer."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import panels
from people.actors import person_of
from recruitment.models import Opening
from recruitment.offers import next_in_line
from recruitment.rules import may_recruit


def _panel(request: HttpRequest, opening: Opening) -> SafeString:
    """For whoever recruits for it; nothing where nothing fell."""
    if not may_recruit(person_of(request), Opening, opening.pk):
        return SafeString("")
    line = next_in_line.of_opening(opening)
    if line is None:
        return SafeString("")
    return SafeString(render_to_string("recruitment/admin/next_in_line.html", {"line": line}, request))


panels.register(Opening, panels.Panel("next-in-line", _("Next in line"), _panel, order=1))
