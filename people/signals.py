"""What this app announces."""

from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from core.events import DurableSignal

calendar_year_loaded = DurableSignal(
    "calendar_year_loaded",
    _("Working calendar changed"),
    doc=(
        "A year of the working calendar was loaded, or one of its days edited. Subject: the CalendarYear. "
        "Facts: year, source, and days (the dates that changed; empty when the whole year was loaded). "
        "Whoever keeps figures counted in working days counts them again."
    ),
)

# Every way in that somebody was given ends, in the caller's transaction: all their sessions were ended, a new password
# was chosen, the account was closed. Sent with `user_id`. Whoever gives a way in of its own ends it.
ways_in_ended = Signal()
