"""When the reports' jobs run."""

from core.jobs.schedules import Schedule

SCHEDULES = [
    Schedule(name="reports.fold", func="reports.tasks.fold", minutes=1),
    # At a million interviews it takes some minutes.
    Schedule(name="reports.recount", func="reports.tasks.recount", cron="37 2 * * *", cluster="slow"),
]
