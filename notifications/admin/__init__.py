"""The admin pages of this app."""

from notifications.admin import messages, pauses

__all__ = ["messages", "pauses"]
