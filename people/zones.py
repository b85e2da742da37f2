"""Whose clock a time is said by: the company's, and beside it the reader's where the two differ."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST = 60
_reader: ContextVar[str] = ContextVar("zone_of_the_reader", default="")


@cache
def _zones() -> frozenset[str]:
    # Python goes through the whole folder of zones each time: 25 ms that no message should cost.
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether the name is one of the tz database's."""
    return name in _zones()


def known(name: object) -> str:
    """The name, when it is a zone; empty for anything else that a browser may say."""
    text = str(name or "")[:LONGEST]
    return text if is_zone(text) else ""


def validate_zone(name: str) -> None:
    """For a field: empty is the company's own."""
    if name and not is_zone(name):
        raise ValidationError(
            gettext_lazy("No such time zone. Write it as Europe/Berlin."), code="zone_unknown"
        )


@contextmanager
def reading_in(zone: str) -> Iterator[None]:
    """Around what is worded for somebody in this zone; "" for nobody knows which."""
    token = _reader.set(known(zone))
    try:
        yield
    finally:
        _reader.reset(token)


def at_readers(moment: datetime, zone: str | None = None) -> datetime | None:
    """The moment on the reader's clock; None where it shows the same time as the company's, or is not known."""
    name = known(zone) if zone is not None else _reader.get()
    if not name:
        return None
    there = moment.astimezone(ZoneInfo(name))
    return None if there.utcoffset() == timezone.localtime(moment).utcoffset() else there


def company_zone() -> str:
    """What the company's own clock is called."""
    name = timezone.get_default_timezone_name()
    return _("Beijing time") if name == "Asia/Shanghai" else name
