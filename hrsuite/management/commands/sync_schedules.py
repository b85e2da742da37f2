"""``manage.py sync_schedules``: bring django-q2's table to what the apps' schedules.py say."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Schedule as Row

from core.jobs.schedules import declared_schedules


class Command(BaseCommand):
    """Create, change and remove rows; a schedule that stays keeps its next run and its history."""

    help = "Bring the scheduled jobs to what the code declares."

    def handle(self, *args: Any, **options: Any) -> None:
        """Import every function first: one malformed row would stop all schedules of the cluster."""
        schedules = declared_schedules()
        for schedule in schedules:
            import_string(schedule.func)
        with transaction.atomic():
            Row.objects.exclude(name__in=[schedule.name for schedule in schedules]).delete()
            for schedule in schedules:
                values = {
                    "func": schedule.func,
                    "schedule_type": Row.CRON if schedule.cron else Row.MINUTES,
                    "minutes": schedule.minutes,
                    "cron": schedule.cron,
                    "repeats": -1,
                    "cluster": schedule.cluster,
                }
                Row.objects.update_or_create(
                    name=schedule.name,
                    defaults=values,
                    create_defaults={**values, "next_run": timezone.now()},
                )
        if options["verbosity"]:
            self.stdout.write(f"{len(schedules)} schedules, cluster {settings.Q_CLUSTER['name']}")
