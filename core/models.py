"""The ground's own tables."""

from core.jobs.models import KeepRule, LongWork
from core.many.models import ManyRow, ManyRun

__all__ = ["KeepRule", "LongWork", "ManyRow", "ManyRun"]
