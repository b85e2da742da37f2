"""The admin pages of this app."""

from training.admin import courses, items, plans

__all__ = ["courses", "items", "plans"]
