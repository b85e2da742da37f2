"""The job of the data check."""

from core.checks.checking import check_all


def look(by: str = "") -> int:
    """Look at every promise; how many are red."""
    return check_all(by=by)
