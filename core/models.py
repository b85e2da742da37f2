"""The ground's own tables."""

from core.jobs.models import LongWork
from core.many.models import ManyRow, ManyRun

__all__ = ["LongWork", "ManyRow", "ManyRun"]
