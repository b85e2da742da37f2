"""When this app's jobs run."""

from core.jobs.schedules import Schedule

SCHEDULES = [
    Schedule(name="notifications.wordings", func="notifications.tasks.align_wordings", minutes=1),
    Schedule(name="notifications.guides", func="notifications.tasks.send_guides", minutes=1),
    Schedule(name="notifications.reminders", func="notifications.tasks.send_reminders", minutes=5),
    Schedule(name="notifications.rounds", func="notifications.tasks.send_round_reminders", minutes=5),
    Schedule(name="notifications.identities", func="notifications.tasks.ask_for_identities", minutes=5),
    Schedule(name="notifications.after_all", func="notifications.tasks.tell_after_all", minutes=5),
    Schedule(name="notifications.digests", func="notifications.tasks.send_digests", cron="10 9 * * *"),
]
