"""When the ground's own jobs run."""

from core.jobs.schedules import Schedule

SCHEDULES = [
    Schedule(name="core.beat", func="core.jobs.tasks.beat", minutes=1),
    Schedule(name="core.work", func="core.jobs.tasks.work", minutes=1, cluster="slow"),
    Schedule(name="core.tidy", func="core.jobs.tasks.tidy", cron="41 3 * * *"),
    Schedule(name="core.forget", func="core.jobs.tasks.forget", cron="53 3 * * *", cluster="slow"),
    Schedule(name="core.back_up", func="core.backups.tasks.back_up", cron="17 2 * * *", cluster="slow"),
    Schedule(name="core.ship_wal", func="core.backups.tasks.ship_wal", minutes=1),
    Schedule(name="core.restore_drill", func="core.backups.tasks.drill", cron="47 4 * * 0", cluster="slow"),
]
