"""When people's jobs run."""

from core.jobs.schedules import Schedule

SCHEDULES = [
    Schedule(name="people.forget_tries", func="people.tasks.forget_tries", cron="*/30 * * * *"),
    Schedule(name="people.forget_keys", func="people.tasks.forget_keys", cron="20 3 * * *"),
    Schedule(name="people.forget_sessions", func="people.tasks.forget_sessions", cron="40 3 * * *"),
]
