"""The long work of reports: counting a table that takes longer than anybody waits."""

from django.utils.translation import gettext_lazy as _

from core.jobs.works import SLOW, WorkKind
from reports import kept
from reports.models import KeptTable

WORKS = [
    WorkKind(
        code=kept.WORK,
        title=_("Counting a report"),
        rows=lambda pk: KeptTable.objects.filter(pk=pk, wanted_at__isnull=False),
        bring=lambda pk, _ids: kept.count(pk),
        gave_up=kept.gave_up,
        cluster=SLOW,
        at_once=1,
    ),
]
