"""The ground's own tables."""

from core.backups.models import BackupRun
from core.jobs.models import KeepRule, LongWork
from core.many.models import ManyRow, ManyRun
from core.trouble.models import Trouble, WallClock

__all__ = ["BackupRun", "KeepRule", "LongWork", "ManyRow", "ManyRun", "Trouble", "WallClock"]
