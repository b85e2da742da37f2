"""What the figures were measured on."""

import os
import platform
from pathlib import Path

import django
from django.db import connection


def facts() -> dict[str, str]:
    """Processor, cores, load, versions, durability: without them no figure means anything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('fsync')")
        version, fsync = cursor.fetchone()
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "load before": ", ".join(f"{each:.1f}" for each in os.getloadavg()),
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "PostgreSQL": f"{version}, fsync {fsync}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )
