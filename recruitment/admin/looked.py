"""Who looked at a candidate: shown to the lead on the candidate's page, from both logs."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import panels
from people.rights import Right
from people.rules import has_right
from recruitment import seen_by
from recruitment.models import Candidate

SHOWN = 20


def _panel(request: HttpRequest, candidate: Any) -> SafeString:
    """The last looks; nothing for whoever does not keep the house."""
    if not has_right(request.user, Right.KEEP):
        return SafeString("")
    found = seen_by.looks_at(candidate.pk, limit=SHOWN)
    if not found:
        return SafeString("")
    return SafeString(render_to_string("recruitment/admin/looked.html", {"looks": found}))


panels.register(Candidate, panels.Panel("looked", _("Who looked at this"), _panel, order=200))
