"""The pages of this app, and what it shows on those of others."""

from notifications.admin import waits

__all__ = ["waits"]
