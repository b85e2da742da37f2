"""Recruitment's long work: planned starts and windows after the calendar changed."""

from django.utils.translation import gettext_lazy as _

from core.jobs.works import WorkKind
from recruitment.services import applications, days_off, window_calls

WORKS = [
    WorkKind(
        code=applications.STARTS,
        title=_("Planned starts"),
        rows=applications.starts_in,
        bring=lambda year, ids: applications.move_off_days_off(year=year, ids=ids),
        at_once=20,
    ),
    WorkKind(
        code=window_calls.WINDOWS,
        title=_("Interview windows on new days off"),
        rows=days_off.windows_in,
        bring=lambda year, ids: window_calls.name_windows(year=year, ids=ids),
        at_once=50,
    ),
]
