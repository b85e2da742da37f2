"""The admin pages of this app."""

from messaging.admin import messages, pauses

__all__ = ["messages", "pauses"]
