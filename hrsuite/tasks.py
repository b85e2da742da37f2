"""The roof's jobs."""

from hrsuite.yearly import making, parts


def note_size() -> None:
    """Once a day."""
    parts.note_size()


def yearly() -> int:
    """Once a year; the report's number."""
    return making.make().pk
