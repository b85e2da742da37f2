"""One colour per state of a message, and its badge."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from messaging.models import Message

MESSAGE = {
    "planned": "info", "sending": "primary", "accepted": "success", "ambiguous": "warning", "coalesced": "default",
    "cancelled": "default", "failed": "danger", "expired": "warning",
}  # fmt: skip


def body(message: Message) -> SafeString:
    """The text as sent, line by line."""
    return format_html('<div style="white-space: pre-wrap; max-width: 46rem">{}</div>', message.shown_body)
