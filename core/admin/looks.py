"""How values look in lists and on pages: a bar for a score with its interval, moments and spans, red."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.figures import Basis, estimate

# Of a page that shows a secret: nobody keeps it, and nothing shrinks it beside what somebody else put into the page.
SHOWN_ONCE = {"Cache-Control": "no-store", "Content-Encoding": "identity"}


class Drawn(SafeString):
    """What is drawn, and `words` that say the same where nothing can be drawn."""

    words = ""


def score_bar(
    value: Decimal | None, low: Decimal | None, high: Decimal | None, basis: str = Basis.FULL
) -> Drawn:
    """A value drawn on 0 to 100 with its interval; a missing one says so and draws nothing."""
    score = estimate(value, low, high, basis)
    context: dict[str, Any] = {"is_estimate": basis in Basis.estimates}
    if score is not None:
        context |= {
            **score.shown,
            "left": f"{score.low:.2f}",
            "width": f"{max(score.high - score.low, Decimal('0.8')):.2f}",
            "at": f"{score.value:.2f}",
        }
    drawn = Drawn(render_to_string("core/admin/score_bar.html", context))
    drawn.words = score.words if score else ""
    return drawn


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
