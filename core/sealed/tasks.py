"""The job of the sealing keys."""

from core.sealed import tallies


def count() -> int:
    """Count what each key has sealed; how many values there are."""
    return sum(tallies.count_all().values())
