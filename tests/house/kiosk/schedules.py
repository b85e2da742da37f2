from core.jobs.schedules import Schedule

SCHEDULES = [Schedule(name="kiosk.tidy", func="tests.house.kiosk.tasks.tidy", minutes=5)]
