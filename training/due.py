"""Due dates: working days after a start."""

from collections.abc import Iterable
from datetime import date

from people.calendar import WorkingDate, add_working_days


def due_dates(start: date | None, offsets: Iterable[int]) -> dict[int, WorkingDate | None]:
    """The date of every offset from `start`; None while no start is known. One query each, one in a chain."""
    return {offset: add_working_days(start, offset) if start else None for offset in sorted(set(offsets))}
