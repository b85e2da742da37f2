"""The ground's own jobs: the sign of life of the jobs cluster, and keeping tables small."""

import time
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from django_q.models import Task

from core.events import pulse
from core.jobs import clusters, retention, works

JOBS_PULSE = "jobs"


def beat() -> None:
    """Stamp the pulse by which the supervisor knows that jobs are being done, and not only a process is alive."""
    pulse.stamp(JOBS_PULSE, after_gap=lambda since, until: None)
    pulse.of_node(JOBS_PULSE)


# Of those that went well the queue keeps the last five hundred by itself.
FAILURES_KEPT = timedelta(days=90)
GONE_AFTER = timedelta(days=1)


def tidy() -> None:
    """Delete sign-in sessions that have ended, signs of machines that are gone, and what jobs that failed left behind a
    quarter of a year ago.
    """
    call_command("clearsessions")
    pulse.forget_nodes(older_than=GONE_AFTER)
    clusters.forget(older_than=GONE_AFTER)
    Task.objects.filter(success=False, stopped__lt=timezone.now() - FAILURES_KEPT).delete()


# Well before the cluster ends a job that takes too long; the next minute goes on.
WORK_FOR = 600.0


def work() -> int:
    """Do the long work that is due and not the pumps', set by set; how many sets. Killed, the next minute goes on."""
    count, began = 0, time.monotonic()
    while time.monotonic() - began < WORK_FOR and works.run_due(works.SLOW):
        count += 1
    return count


def forget() -> int:
    """Delete what has been kept as long as it is to be kept."""
    return retention.forget_all()
