"""Days and moments."""

from datetime import date, datetime, time

from django.utils import timezone


def midnight(day: date) -> datetime:
    """The moment at which the day begins, by the clock in use."""
    return timezone.make_aware(datetime.combine(day, time.min))
