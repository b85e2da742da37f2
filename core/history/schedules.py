"""When the history's own job runs: before retention takes anything, half an hour after midnight at the earliest."""

from core.jobs.schedules import Schedule

SCHEDULES = [Schedule(name="history.seal", func="core.history.tasks.seal", cron="47 0 * * *", cluster="slow")]
