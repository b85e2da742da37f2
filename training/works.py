"""Training's long work: due dates of courses after the calendar changed."""

from django.utils.translation import gettext_lazy as _

from core.jobs.works import WorkKind
from training.services import calendar

WORKS = [
    WorkKind(
        code=calendar.RECOUNT,
        title=_("Due dates of courses"),
        rows=calendar.counted_again,
        bring=lambda year, ids: calendar.recount(year=year, ids=ids),
        at_once=1000,
    )
]
