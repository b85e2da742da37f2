"""The admin pages of this app."""

from messaging.admin import approvals, banner, callbacks, connections, messages, pauses, unread

__all__ = ["approvals", "banner", "callbacks", "connections", "messages", "pauses", "unread"]
