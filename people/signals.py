"""What this app announces."""

from hrsuite.events import DurableSignal

calendar_year_loaded = DurableSignal(
    "calendar_year_loaded",
    doc=(
        "A year of the working calendar was loaded, or one of its days edited. Subject: the CalendarYear. "
        "Facts: year, source, and days (the dates that changed; empty when the whole year was loaded). "
        "Whoever keeps figures counted in working days counts them again."
    ),
)
