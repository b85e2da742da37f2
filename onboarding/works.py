"""Onboarding's long work: starts, delays and due dates after the calendar changed."""

from django.utils.translation import gettext_lazy as _

from core.jobs.works import WorkKind
from onboarding.services import delays

WORKS = [
    WorkKind(
        code=delays.RECOUNT,
        title=_("Starts, delays and due dates of onboarding"),
        rows=delays.counted_again,
        bring=lambda year, ids: delays.recount(year=year, ids=ids),
    )
]
