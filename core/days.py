"""Days and moments."""

from datetime import date, datetime, time, tzinfo

from django.utils import timezone


def midnight(day: date, zone: tzinfo | None = None) -> datetime:
    """The moment at which the day begins, by the clock of `zone`, by default the one in use."""
    return timezone.make_aware(datetime.combine(day, time.min), zone)
