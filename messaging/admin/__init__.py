"""The admin pages of this app."""

from messaging.admin import banner, messages, pauses

__all__ = ["banner", "messages", "pauses"]
