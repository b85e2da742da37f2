"""A round as an entry of anybody's calendar (RFC 5545, 5546): equal UID for ever, a number for each change."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

from recruitment.enums import InterviewState
from recruitment.models import Round

PRODUCT = "-//HR Suite//Rounds//ZH"


def invitation(
    held: Round, *, title: str, attendee: str = "", about: str = "", is_off: bool = False
) -> bytes:
    """The calendar file for one reader; `is_off`: a cancellation. `about` is what stands in the entry, in words."""
    is_off = is_off or held.interview.state == InterviewState.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_off else "REQUEST")
    calendar.add_component(_event(held, title=title, attendee=attendee, about=about, is_off=is_off))
    return bytes(calendar.to_ical())


def _event(held: Round, *, title: str, attendee: str, about: str, is_off: bool) -> Event:
    event = Event()
    event.add("uid", f"{held.uid}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}")
    event.add("sequence", held.sequence)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", held.slot.lower)
    event.add("dtend", held.slot.upper)
    event.add("summary", title)
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    if about:
        event.add("description", about)
    if place := held.room or held.meeting_link:
        event.add("location", place)
    if held.meeting_link:
        event.add("url", held.meeting_link)
    # A request is somebody's: calendars take none without its organizer.
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    if settings.COMPANY_NAME:
        organizer.params["cn"] = vText(settings.COMPANY_NAME)
    event["organizer"] = organizer
    if attendee:
        event.add("attendee", vCalAddress(f"mailto:{attendee}"))
    return event
