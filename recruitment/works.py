"""Recruitment's long work: planned starts after the calendar changed."""

from django.utils.translation import gettext_lazy as _

from core.jobs.works import WorkKind
from recruitment.services import applications

WORKS = [
    WorkKind(
        code=applications.STARTS,
        title=_("Planned starts"),
        rows=applications.starts_in,
        bring=lambda year, ids: applications.move_off_days_off(year=year, ids=ids),
        at_once=20,
    )
]
