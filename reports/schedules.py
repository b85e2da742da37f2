"""When the reports' jobs run."""

from core.jobs.schedules import Schedule

SCHEDULES = [
    Schedule(name="reports.fold", func="reports.tasks.fold", minutes=1),
    # At a million interviews it takes some minutes.
    Schedule(name="reports.recount", func="reports.tasks.recount", cron="37 2 * * *", cluster="slow"),
    Schedule(name="reports.count_kept", func="reports.tasks.count_kept", cron="7 * * * *", cluster="slow"),
    Schedule(name="reports.check_kept", func="reports.tasks.check_kept", cron="52 2 * * *", cluster="slow"),
    # Each day: what a stopped machine missed on Monday or on the first is sent the day after, and never twice.
    Schedule(name="reports.send_views", func="reports.tasks.send_views", cron="40 8 * * *"),
    # On Mondays; on the other days for whom the machine missed it.
    Schedule(name="reports.write_letters", func="reports.tasks.write_letters", cron="20 8 * * *"),
]
