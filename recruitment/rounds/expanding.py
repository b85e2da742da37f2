"""What stands in somebody's calendar file, as the times at which they are busy. Runs in a process of its own
(`core.confined`), since a file of a few lines can mean a meeting in every second; knows no Django and no network.

No title, no place and no name leaves it.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

MOST_EVENTS, MOST_TIMES = 20_000, 4_000
Span = tuple[datetime, datetime]
# What its owner shows as free, in the words of RFC 5545 and of Outlook; what lies there is looked at all the same.
_FREE = {"TRANSPARENT"}
_FREE_IN_OUTLOOK = {"FREE", "WORKINGELSEWHERE"}


class NotTakenError(ValueError):
    """Its argument is the code of why nothing is read from the file."""


def main(begin: str, end: str, zone: str, house: str) -> None:
    """Read the file on the standard input; print `{"busy": [[begin, end], …]}`, or `{"refused": code}`.

    Times without a zone, and whole days, are those of `zone`; entries whose number ends with `house` are our own.
    """
    try:
        span = (datetime.fromisoformat(begin), datetime.fromisoformat(end))
        found = busy(sys.stdin.buffer.read(), span, ZoneInfo(zone), house)
        print(json.dumps({"busy": [[one.isoformat(), other.isoformat()] for one, other in found]}))
    except NotTakenError as error:
        print(json.dumps({"refused": str(error)}))


def busy(raw: bytes, within: Span, zone: tzinfo, house: str) -> list[Span]:
    """The times within `within`, in their order; what touches or overlaps is one. NotTakenError: no_calendar, too_much.

    A series that nobody can make sense of is passed over: the others are read all the same.
    """
    found = []
    for calendar in _calendars(raw):
        events = recurring_ical_events.of(calendar, skip_bad_series=True).between(*within)
        found += [_span(event, zone) for event in events if _counts(event, house)]
    return _together(found, within)


def _calendars(raw: bytes) -> list[Any]:
    if not raw.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper() == b"BEGIN:VCALENDAR":
        raise NotTakenError("no_calendar")
    if raw.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise NotTakenError("too_much")
    try:
        found = Calendar.from_ical(raw.decode("utf-8-sig", errors="replace"), multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise NotTakenError("no_calendar") from None
    return [one for one in found if isinstance(one, Calendar)]


def _counts(event: Any, house: str) -> bool:
    said = {
        name: str(event.get(name, "")).upper() for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")
    }
    return (
        said["STATUS"] != "CANCELLED"
        and said["TRANSP"] not in _FREE
        and said["X-MICROSOFT-CDO-BUSYSTATUS"] not in _FREE_IN_OUTLOOK
        and not str(event.get("UID", "")).endswith(house)
    )


def _span(event: Any, zone: tzinfo) -> Span:
    begin, end = event["DTSTART"].dt, event["DTEND"].dt
    return _moment(begin, zone), _moment(end, zone)


def _moment(at: date, zone: tzinfo) -> datetime:
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _together(found: Iterable[Span], within: Span) -> list[Span]:
    return list(_merged(sorted((max(one, within[0]), min(other, within[1])) for one, other in found)))


def _merged(found: list[Span]) -> Iterator[Span]:
    last: Span | None = None
    number = 0
    for begin, end in found:
        if end - begin < timedelta(minutes=1):
            continue
        if last is not None and begin <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last, number = (begin, end), number + 1
        if number > MOST_TIMES:
            raise NotTakenError("too_much")
    if last is not None:
        yield last
