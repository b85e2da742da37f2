"""The job queue's own pages, to look at: what runs and when is declared in code, never typed into a form.

The chain on the interview's page shows rows of every floor: it comes from here too, as does what is said of backups,
of the data check and of the machines.
"""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_q.admin import FailAdmin, QueueAdmin, ScheduleAdmin, TaskAdmin
from django_q.models import Failure, OrmQ, Schedule, Success

from core.admin.base import ModelAdmin
from core.admin.scope import ReadOnly
from hrsuite.dashboard import backup_runs, backups, chain, checks, troubles

__all__ = ["backup_runs", "backups", "chain", "checks", "troubles"]

for model in (Failure, OrmQ, Schedule, Success):
    admin.site.unregister(model)


@admin.register(Schedule)
class Schedules(ReadOnly, ScheduleAdmin, ModelAdmin):
    """When each job runs next, and how the last time went."""


@admin.register(Failure)
class Failures(ReadOnly, FailAdmin, ModelAdmin):
    """Jobs that ended in an error."""

    nothing_yet = _("No job has failed.")


@admin.register(Success)
class Successes(ReadOnly, TaskAdmin, ModelAdmin):
    """The last jobs that were done."""


@admin.register(OrmQ)
class Waiting(ReadOnly, QueueAdmin, ModelAdmin):
    """Jobs that wait for a worker."""
