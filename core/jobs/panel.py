"""The long works about a row as a box on its admin page: what is gone through, how far, by whom it was asked for."""

from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin.panels import Panel
from core.events.naming import actor_name
from core.jobs.models import LongWork, WorkState
from core.jobs.works import declared_works

LATEST = 6


def render_works(request: HttpRequest, row: Model) -> SafeString:
    """The latest works about the row, the newest first; nothing when there never was one."""
    kinds = declared_works()
    found = list(
        LongWork.objects.about(row._meta.label_lower).filter(subject_id=row.pk).order_by("-id")[:LATEST]
    )
    if not found:
        return SafeString("")
    works = [
        {
            "title": kinds[work.kind].title if work.kind in kinds else work.kind,
            "work": work,
            "by": actor_name(work.asked_by),
            "is_red": work.state == WorkState.FAILED,
        }
        for work in found
    ]
    is_owed = any(work.state in WorkState.owed for work in found)
    return render_to_string("core/jobs/works.html", {"works": works, "is_owed": is_owed}, request=request)


WORKS = Panel("long-works", _("Counted again"), render_works, order=10)
