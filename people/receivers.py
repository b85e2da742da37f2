"""What this app does when something happens elsewhere."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection

from people.middleware import note
from people.models import CalendarYear, User
from people.services import second_factor
from people.services.calendar import load_missing_years


def seed_calendar(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After every migration: load the years that the calendar package knows and the table does not.

    A migration back to nothing leaves no table to fill.
    """
    if using == DEFAULT_DB_ALIAS and CalendarYear._meta.db_table in connection.introspection.table_names():
        load_missing_years()


def note_session(request: Any = None, user: Any = None, **_signal: Any) -> None:
    """Somebody signed in, on whatever way."""
    if request is not None and isinstance(user, User):
        note(request, user)


def forget_the_factor(user: Any = None, **_signal: Any) -> None:
    """One's own second factor was taken away: the devices that it was not asked on are known no longer."""
    if isinstance(user, User):
        second_factor.distrust(user)
