from core.jobs.loops import Loop

LOOPS = [Loop("badges", lambda: 0, 5.0)]
