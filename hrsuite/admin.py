"""The job queue's own pages, to look at: what runs and when is declared in code, never typed into a form.

The chain on the interview's page shows rows of every floor: it comes from here too, as does what is said of backups,
of the data check and of the machines.
"""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
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

    @admin.display(description=_("last run"))
    def get_last_run(self, obj: Schedule) -> Any:
        """The way to it; the queue's own heading is a name of the program's."""
        return super().get_last_run(obj)


@admin.register(Failure)
class Failures(ReadOnly, FailAdmin, ModelAdmin):
    """Jobs that ended in an error."""

    nothing_yet = _("No job has failed.")


@admin.register(Success)
class Successes(ReadOnly, TaskAdmin, ModelAdmin):
    """The last jobs that were done. What each was given and gave back is unpacked on its own page, not in the list."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Success]:
        """Without what is packed."""
        found: QuerySet[Success] = super().get_queryset(request).defer("args", "kwargs", "result")
        return found


@admin.register(OrmQ)
class Waiting(ReadOnly, QueueAdmin, ModelAdmin):
    """Jobs that wait for a worker. Of what the queue notes for itself the moment alone is said."""

    fields = readonly_fields = ("name", "func", "given", "group", "key", "asked_at", "lock", "task_id")

    @admin.display(description=_("Arguments"), empty_value="–")
    def given(self, row: OrmQ) -> str | None:
        """The rows that it is about."""
        return ", ".join(map(str, row.task.get("args") or ())) or None

    @admin.display(description=_("asked at"), empty_value="–")
    def asked_at(self, row: OrmQ) -> datetime | None:
        """When the job was asked for."""
        asked: datetime | None = row.task.get("started")
        return asked
