"""When the data are checked."""

from core.jobs.schedules import Schedule

SCHEDULES = [
    # After the night's clearing up, before anybody comes.
    Schedule(name="checks.look", func="core.checks.tasks.look", cron="23 5 * * *", cluster="slow"),
]
