"""The admin pages of this app."""

from training.admin import courses, items, panels, plans

__all__ = ["courses", "items", "panels", "plans"]
