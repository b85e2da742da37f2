"""When people's jobs run."""

from core.jobs.schedules import Schedule

SCHEDULES = [Schedule(name="people.forget_tries", func="people.tasks.forget_tries", cron="*/30 * * * *")]
