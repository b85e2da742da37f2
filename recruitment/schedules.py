"""When recruitment's jobs run."""

from hrsuite.schedules import Schedule

SCHEDULES = [
    Schedule(name="recruitment.score_unscored", func="recruitment.tasks.score_unscored", minutes=1),
    Schedule(name="recruitment.end_windows", func="recruitment.tasks.end_windows", minutes=1),
    Schedule(name="recruitment.watch_follow_ups", func="recruitment.tasks.watch_follow_ups", minutes=1),
    Schedule(name="recruitment.report_forgotten", func="recruitment.tasks.report_forgotten", cron="7 * * * *"),
]
