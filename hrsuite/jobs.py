"""The suite's own jobs: the sign of life of the jobs cluster, and keeping tables small."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from hrsuite.events import pulse
from hrsuite.schedules import Schedule
from recruitment.models import RoomSession

JOBS_PULSE = "jobs"

SCHEDULES = [
    Schedule(name="hrsuite.beat", func="hrsuite.jobs.beat", minutes=1),
    Schedule(name="hrsuite.tidy", func="hrsuite.jobs.tidy", cron="41 3 * * *"),
]


def beat() -> None:
    """Stamp the pulse by which the supervisor knows that jobs are being done, and not only a process is alive."""
    pulse.stamp(JOBS_PULSE, after_gap=lambda since, until: None)


def tidy() -> None:
    """Delete sign-in sessions and room sessions that ended a month ago."""
    call_command("clearsessions")
    RoomSession.objects.filter(link__expires_at__lt=timezone.now() - timedelta(days=30)).delete()
