"""Quiet hours: at night what may wait waits. What somebody must know is told at any hour."""

from datetime import datetime, time, timedelta

from django.utils import timezone

BEGIN, END = time(21), time(9)


def held(at: datetime) -> datetime:
    """`at` itself by day; during quiet hours the moment at which they end."""
    local = timezone.localtime(at)
    if END <= local.time() < BEGIN:
        return at
    day = local.date() + timedelta(days=1) if local.time() >= BEGIN else local.date()
    return timezone.make_aware(datetime.combine(day, END))
