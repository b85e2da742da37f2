"""When this app's jobs run."""

from core.jobs.schedules import Schedule

SCHEDULES = [
    # A provider may be slow: the quick jobs' time-out must not cut off a call whose outcome is not written down.
    Schedule(name="messaging.sweep", func="messaging.tasks.sweep", minutes=1, cluster="slow"),
    # What phones got is known within a minute, and asked for in sets.
    Schedule(name="messaging.receipts", func="messaging.tasks.receipts", minutes=1, cluster="slow"),
    # WeCom's calls may be lost for good; what is not read for three days is, too.
    Schedule(name="messaging.conversations", func="messaging.tasks.conversations", minutes=1, cluster="slow"),
]
