"""The admin pages of this app."""

from messaging.admin import banner, callbacks, connections, messages, pauses

__all__ = ["banner", "callbacks", "connections", "messages", "pauses"]
