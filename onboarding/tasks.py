"""Jobs: thin, safe to run twice."""

from onboarding.services import delays


def refresh_delays() -> int:
    """The delays that only time has moved."""
    return delays.refresh()
