"""诊断信息: what the bundle holds, to read, and the bundle itself."""

import logging

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.trouble import looking, words
from hrsuite.diagnostics import collecting
from people.actors import person_of

logger = logging.getLogger(__name__)
TITLES = {
    "about": gettext_lazy("Versions and the database's settings"),
    "settings": gettext_lazy("Settings, without their secrets"),
    "tables": gettext_lazy("Tables: rows, size, how they are read"),
    "migrations": gettext_lazy("Steps of the database"),
    "health": gettext_lazy("Figures, data check, jobs"),
    "failures": gettext_lazy("What failed, by kind"),
    "slow": gettext_lazy("What was slow"),
}


@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """All parts to read, for administrators."""
    _require_administrator(request)
    parts = collecting.collect()
    context = {
        **admin.site.each_context(request),
        "title": _("Diagnostics"),
        "troubles": [words.sentence(one) for one in looking.standing()],
        "parts": [{"title": TITLES[name], "text": collecting.as_text(part)} for name, part in parts.items()],
    }
    return render(request, "hrsuite/diagnostics.html", context)


@require_safe
@never_cache
def download(request: HttpRequest) -> HttpResponse:
    """The same as a zip, to send to whoever helps."""
    _require_administrator(request)
    logger.info("diagnostics were taken by account %s", person_of(request).pk)
    name = f"hrsuite-diagnostics-{timezone.localtime():%Y%m%d-%H%M}.zip"
    answer = HttpResponse(collecting.bundle(collecting.collect()), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _require_administrator(request: HttpRequest) -> None:
    if not person_of(request).is_superuser:
        raise PermissionDenied
