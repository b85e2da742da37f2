"""The ground's own long work: one step on many rows, a row at a time."""

from django.utils.translation import gettext_lazy as _

from core.jobs.works import WorkKind
from core.many import runs

WORKS = [
    WorkKind(code=runs.WORK, title=_("Many at once"), rows=runs.waiting, bring=runs.bring, at_once=1),
]
