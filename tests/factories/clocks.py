"""The clock on the wall as somebody set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import time_machine
from django.utils import timezone

from core.trouble.models import WallClock


def noted(by: timedelta) -> None:
    """It was seen just now that the clock was set by so much, by another machine."""
    WallClock.objects.create(
        pk=1, steady_at=timezone.now(), set_by=by.total_seconds(), steady_of="another machine"
    )


@contextmanager
def set_forward(by: timedelta) -> Iterator[None]:
    """The clock shows so much more than is true, and that was seen. Afterwards it shows the true time again."""
    with time_machine.travel(timezone.now() + by, tick=False):
        noted(by)
        yield
    WallClock.objects.all().delete()
