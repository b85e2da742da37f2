"""When the roof's jobs run."""

from core.jobs.schedules import Schedule

SCHEDULES = [
    Schedule(name="hrsuite.note_size", func="hrsuite.tasks.note_size", cron="3 5 * * *"),
    # After the night's data check of the first working days.
    Schedule(name="hrsuite.yearly", func="hrsuite.tasks.yearly", cron="37 6 6 1 *", cluster="slow"),
]
