"""The ground's own tables."""

from core.jobs.models import LongWork

__all__ = ["LongWork"]
