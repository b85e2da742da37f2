"""What this app does when something happens elsewhere."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection

from people.models import CalendarYear
from people.services.calendar import load_missing_years


def seed_calendar(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After every migration: load the years that the calendar package knows and the table does not.

    A migration back to nothing leaves no table to fill.
    """
    if using == DEFAULT_DB_ALIAS and CalendarYear._meta.db_table in connection.introspection.table_names():
        load_missing_years()
