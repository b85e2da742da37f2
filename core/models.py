"""The ground's own tables."""

from core.backups.models import BackupRun
from core.jobs.models import JobsCluster, KeepRule, LongWork, TakenJob
from core.many.models import ManyRow, ManyRun
from core.trouble.models import Trouble, WallClock

__all__ = [
    "BackupRun",
    "JobsCluster",
    "KeepRule",
    "LongWork",
    "ManyRow",
    "ManyRun",
    "TakenJob",
    "Trouble",
    "WallClock",
]
