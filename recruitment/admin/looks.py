"""How states and scores look in lists: one colour per state, a bar for a value with its interval."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from recruitment.enums import Basis

INTERVIEW = {
    "scheduled": "info",
    "in_progress": "primary",
    "interrupted": "danger",
    "completed": "success",
    "abandoned": "warning",
    "missed": "warning",
    "cancelled": "default",
}
APPLICATION = {
    "applied": "default",
    "screening": "info",
    "interviewing": "info",
    "evaluating": "primary",
    "second_round": "success",
    "offer": "success",
    "hired": "success",
    "rejected": "danger",
    "withdrawn": "default",
}
FOLLOW_UP = {"open": "warning", "claimed": "info", "closed": "default"}
BASIS = {"full": "success", "partial": "warning", "fallback": "warning"}
ASSESSMENT = {"current": "success", "superseded": "default", "withdrawn": "default"}
DECISION = {
    "invited": "success",
    "below": "default",
    "asked": "warning",
    "declined": "default",
    "overtaken": "default",
}


def score_bar(
    value: Decimal | None, low: Decimal | None, high: Decimal | None, basis: str = Basis.FULL
) -> SafeString:
    """A value drawn on 0 to 100 with its interval; a missing one says so and draws nothing."""
    context: dict[str, Any] = {
        "value": value,
        "low": low,
        "high": high,
        "is_estimate": basis in Basis.estimates,
    }
    if value is not None and low is not None and high is not None:
        context |= {
            "left": f"{low:.2f}",
            "width": f"{max(high - low, Decimal('0.8')):.2f}",
            "at": f"{value:.2f}",
        }
    return SafeString(render_to_string("core/admin/score_bar.html", context))


def score_words(value: Decimal | None, low: Decimal | None, high: Decimal | None, basis: str) -> str | None:
    """Value, interval and basis in one line; None when there is no value."""
    if value is None:
        return None
    words = {"value": f"{value:.0f}", "low": f"{low:.0f}", "high": f"{high:.0f}", "basis": Basis(basis).label}
    if basis in Basis.estimates:
        return _("%(value)s (%(low)s to %(high)s), %(basis)s, estimate") % words
    return _("%(value)s, %(basis)s") % words


def minute(moment: datetime) -> str:
    """Month, day and time; the year only when it is another."""
    local = timezone.localtime(moment)
    return date_format(local, "n-j H:i" if local.year == timezone.localdate().year else "Y-n-j H:i")


def span(begin: datetime, end: datetime) -> str:
    """From a minute to a minute, the day once when it is the same."""
    same_day = timezone.localdate(begin) == timezone.localdate(end)
    return f"{minute(begin)} – {date_format(timezone.localtime(end), 'H:i') if same_day else minute(end)}"


def red(text: Any, condition: bool) -> Any:
    """The text, red when the condition holds."""
    return format_html('<span class="hs-red">{}</span>', text) if condition else text
