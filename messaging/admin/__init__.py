"""The admin pages of this app."""

from messaging.admin import banner, connections, messages, pauses

__all__ = ["banner", "connections", "messages", "pauses"]
