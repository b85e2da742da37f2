"""How long a word about an end is held back."""

from datetime import timedelta

from core.events.reading import once_per_chain
from notifications.enums import HOURS_TO_WAIT, End
from notifications.models import WaitBeforeTelling


@once_per_chain
def waits() -> dict[str, timedelta]:
    """By kind, as HR set it, else the default. One query."""
    hours = {str(kind): hours for kind, hours in HOURS_TO_WAIT.items()}
    hours |= dict(WaitBeforeTelling.objects.values_list("kind", "hours"))
    return {kind: timedelta(hours=value) for kind, value in hours.items()}


def ensure_rows() -> None:
    """A row for each kind, so that HR finds it; what was set stays."""
    WaitBeforeTelling.objects.bulk_create(
        (WaitBeforeTelling(kind=kind, hours=HOURS_TO_WAIT[kind]) for kind in End), ignore_conflicts=True
    )


def wait_of(kind: str) -> timedelta:
    """How long this kind of word waits."""
    return waits()[kind]
