"""The pages of this app, and what it shows on those of others."""

from notifications.admin import waits, wordings

__all__ = ["waits", "wordings"]
