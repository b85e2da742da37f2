"""When interviewers could meet: working hours of working days, less what they, and the room, are booked for, and less
what stands in calendars that they keep elsewhere."""

from collections.abc import Collection, Iterator
from contextlib import nullcontext
from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from core.days import midnight
from core.events.reading import is_reading_once, reading_once
from people.calendar import is_working_day
from recruitment.models import BusyTime, Round, Scorecard

Span = tuple[datetime, datetime]

# The hours in which people meet, by the company's clock; the break at noon is left free.
HOURS = ((time(9), time(12)), (time(13, 30), time(18)))
GRID = timedelta(minutes=30)
# Nobody is offered what begins sooner: all who are concerned have to read of it first.
NOTICE = timedelta(hours=2)
DAY = timedelta(days=1)
FARTHEST = timedelta(days=31)
MOST = 60


def free_times(
    *,
    interviewers: Collection[int],
    room: str,
    length: timedelta,
    first: date,
    last: date,
    but: int | None = None,
    at_most: int = MOST,
    booked: "Bookings | None" = None,
) -> list[Span]:
    """Times of this length from `first` to `last` at which all of these and the room are free; `but`: a round aside.

    One right after the other, in their order. Four queries, and those of the calendar once; `booked`: what was read
    of these days already for more than these.
    """
    begin, end = midnight(first), midnight(min(last, first + FARTHEST) + DAY)
    booked = booked or Bookings(begin, end, interviewers=interviewers, rooms={room} - {""})
    taken = booked.of(interviewers, room, but)
    found = []
    with nullcontext() if is_reading_once() else reading_once():
        for span in _possible(timezone.localdate(begin), timezone.localdate(end), length, taken):
            found.append(span)
            if len(found) == at_most:
                break
    return found


def _possible(first: date, after: date, length: timedelta, taken: Collection[Span]) -> Iterator[Span]:
    earliest = timezone.now() + NOTICE
    day = first
    while day < after:
        for opens, closes in HOURS if is_working_day(day) else ():
            begin, until = _at(day, opens), _at(day, closes)
            while begin + length <= until:
                if begin < earliest or overlaps((begin, begin + length), taken):
                    begin += GRID
                    continue
                yield begin, begin + length
                begin += -(-length // GRID) * GRID
        day += DAY


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def taken_between(
    begin: datetime, end: datetime, *, interviewers: Collection[int], room: str, but: int | None = None
) -> list[Span]:
    """What is taken in this time of any of these, or of the room; `but`: a round aside. Three queries at most."""
    return Bookings(begin, end, interviewers=interviewers, rooms={room} - {""}).of(interviewers, room, but)


class Bookings:
    """What is booked in a time for any of these people, or in any of these rooms, and when these people are busy
    elsewhere. Three queries at most."""

    def __init__(
        self, begin: datetime, end: datetime, *, interviewers: Collection[int], rooms: Collection[str]
    ) -> None:
        within = DateTimeTZRange(begin, end)
        cards = Scorecard.objects.filter(interviewer__in=interviewers, is_booked=True, slot__overlap=within)
        rounds = Round.objects.filter(room__in=rooms, is_booked=True, slot__overlap=within)
        busy = BusyTime.objects.filter(calendar__person__in=interviewers, slot__overlap=within)
        self._people: list[tuple[int, int | None, DateTimeTZRange]] = (
            list(cards.values_list("interviewer", "round", "slot")) if interviewers else []
        )
        self._busy = list(busy.values_list("calendar__person", "slot")) if interviewers else []
        self._rooms: list[tuple[str, int | None, DateTimeTZRange]] = (
            list(rounds.values_list("room", "pk", "slot")) if rooms else []
        )

    def of(self, interviewers: Collection[int], room: str, but: int | None) -> list[Span]:
        """Of these people and this room alone; `but`: a round aside."""
        return self.busy(interviewers) + [
            (slot.lower, slot.upper)
            for rows, wanted in ((self._people, interviewers), (self._rooms, (room,)))
            for owner, held_id, slot in rows
            if owner in wanted and held_id != but
        ]

    def clash(
        self, span: Span, interviewers: Collection[int], room: str, *, but: int | None
    ) -> tuple[int | str, Span] | None:
        """Who of these is booked for another round then, or the room; and when. `but`: a round aside."""
        for rows, wanted in ((self._people, interviewers), (self._rooms, (room,))):
            for owner, held_id, slot in rows:
                taken = (slot.lower, slot.upper)
                if owner in wanted and held_id != but and overlaps(span, [taken]):
                    return owner, taken
        return None

    def move(self, held: int | None, span: Span, interviewers: Collection[int], room: str) -> None:
        """As if this round were booked for these at this time, and at no other."""
        slot = DateTimeTZRange(*span)
        self._people = [row for row in self._people if row[1] != held]
        self._rooms = [row for row in self._rooms if row[1] != held]
        self._people += [(one, held, slot) for one in interviewers]
        self._rooms += [(room, held, slot)] if room else []

    def busy(self, interviewers: Collection[int]) -> list[Span]:
        """When these are busy by calendars that are kept elsewhere."""
        return [(slot.lower, slot.upper) for owner, slot in self._busy if owner in interviewers]


def overlaps(span: Span, taken: Collection[Span]) -> bool:
    """Whether any of these lies over it; one right after the other does not."""
    return any(begin < span[1] and span[0] < end for begin, end in taken)
