"""The ground's own jobs: the sign of life of the jobs cluster, and keeping tables small."""

from django.core.management import call_command

from core.events import pulse
from core.jobs import retention

JOBS_PULSE = "jobs"


def beat() -> None:
    """Stamp the pulse by which the supervisor knows that jobs are being done, and not only a process is alive."""
    pulse.stamp(JOBS_PULSE, after_gap=lambda since, until: None)


def tidy() -> None:
    """Delete sign-in sessions that have ended."""
    call_command("clearsessions")


def forget() -> int:
    """Delete what has been kept as long as it is to be kept."""
    return retention.forget_all()
