"""When sealed values are counted."""

from core.jobs.schedules import Schedule

SCHEDULES = [
    Schedule(name="sealed.count", func="core.sealed.tasks.count", cron="41 4 * * *", cluster="slow"),
]
