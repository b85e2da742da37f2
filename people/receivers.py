"""What this app does when something happens elsewhere."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS

from people.services.calendar import load_missing_years


def seed_calendar(sender: Any, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """After every migration: load the years that the calendar package knows and the table does not."""
    if using == DEFAULT_DB_ALIAS:
        load_missing_years()
