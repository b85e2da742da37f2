"""When onboarding's jobs run."""

from core.jobs.schedules import Schedule

SCHEDULES = [
    # After the quiet hours: a date that became unknown is told to the candidate.
    Schedule(name="onboarding.refresh_delays", func="onboarding.tasks.refresh_delays", cron="5 9 * * *"),
]
