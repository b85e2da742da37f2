"""A round as an entry of anybody's calendar (RFC 5545, 5546): equal UID for ever, a number for each change."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from recruitment.enums import InterviewState
from recruitment.models import Round

PRODUCT = "-//HR Suite//Rounds//ZH"
# How often a program that asks us should come again.
COME_AGAIN = timedelta(minutes=30)


def feed(rounds: Iterable[Round], *, name: str) -> bytes:
    """A calendar to subscribe to, of rounds that were read with `own_card` (`pages.rounds_for`).

    It says for which opening and which round, where, when, and the way to our page. No candidate is named: what is
    subscribed to lies with whoever runs the calendar. The same rounds give the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", COME_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{int(COME_AGAIN.total_seconds()) // 60}M")
    for held in rounds:
        interview = held.interview
        words = {"opening": interview.application.opening, "number": interview.round}
        title = _("Interview: %(opening)s, round %(number)s") % words
        event = _event(
            held, title=title, attendee="", about=_address_of(held), is_off=False, at=held.updated_at
        )
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _address_of(held: Round) -> str:
    """The page of a round for whoever the feed belongs to: the own card, or the interview's page."""
    own = getattr(held, "own_card", None)
    where = (
        reverse("admin:recruitment_interview_change", args=[held.interview_id])
        if own is None
        else reverse("rounds:card", args=[own])
    )
    return settings.BASE_URL + where


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


def house() -> str:
    """What every UID of ours ends with."""
    return f"@{urlsplit(settings.BASE_URL).hostname or 'localhost'}"


def _event(
    held: Round, *, title: str, attendee: str, about: str, is_off: bool, at: datetime | None = None
) -> Event:
    event = Event()
    event.add("uid", f"{held.uid}{house()}")
    event.add("sequence", held.sequence)
    event.add("dtstamp", at or timezone.now())
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
