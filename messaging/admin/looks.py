"""How a message is shown: one colour per state, its text, why it was not sent."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.models import Message
from messaging.told import TAKEN_BACK

MESSAGE = {
    "planned": "info", "sending": "primary", "accepted": "success", "ambiguous": "warning", "coalesced": "default",
    "cancelled": "default", "failed": "danger", "expired": "warning",
}  # fmt: skip


def body(message: Message) -> SafeString:
    """The text as sent, line by line."""
    return format_html('<div style="white-space: pre-wrap; max-width: 46rem">{}</div>', message.shown_body)


_REASONS = {
    "expired": _("too late"),
    "overtaken": _("not true any more"),
    "person_erased": _("the person's data was erased"),
    "recipient_gone": _("whoever it was for is not there any more"),
    "settled": _("seen to"),
    "told_already": _("whoever acts for them has had it"),
    TAKEN_BACK: _("taken back"),
}


def reason(code: str) -> str:
    """Why a message was not sent, in words; "" for none."""
    if code.startswith("link_"):
        return gettext("its link leads nowhere any more")
    return str(_REASONS.get(code, code))
