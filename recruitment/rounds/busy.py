"""What stands against the times of rounds: calendars that are kept elsewhere, how far these can be relied on, and,
where many are booked in one go, other rounds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin.steps import Text, Weighty
from people.models import User
from recruitment.models import Application, BusyTime, Opening, OutsideCalendar
from recruitment.rounds import free

# A server is away for an hour now and then; what is older than this says little of today.
STALE_AFTER = timedelta(hours=24)
# Longer than anybody meets a candidate.
LONGEST_USUAL = timedelta(hours=3)
# More than anybody reads before saying yes.
MOST_NAMED = 20
WORDS: dict[str, Promise] = {
    "address_not_allowed": _("The address leads to a network that is not asked."),
    "gone": _("There is no calendar at this address any more, or it is not shared any more."),
    "moved": _("The calendar has moved to another address. Please enter that one."),
    "name_unknown": _("There is no server of this name."),
    "no_calendar": _("What stands at this address is no calendar (iCalendar, .ics)."),
    "not_now": _("The machine had no room to read it; it goes on at the next time."),
    "too_much": _(
        "There is more in this calendar than can be read. Please give the address of a smaller one."
    ),
    "unreachable": _("The calendar's server does not answer as it should."),
}


def explain(code: str) -> str:
    """Why a calendar could not be read, as a sentence; "" for none."""
    return str(WORDS.get(code, _("The address cannot be read. Please enter it anew."))) if code else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What is to be booked: when, whom and which room; `held` is the round that moves there, `whose` names it.

    Where nobody is booked yet (`is_meant`) an appointment is meant for these: nothing of it is refused.
    """

    opens_at: datetime
    closes_at: datetime
    interviewers: Collection[int]
    room: str = ""
    held: int | None = None
    whose: str = ""
    is_meant: bool = False

    @property
    def span(self) -> free.Span:
        """From when until when."""
        return self.opens_at, self.closes_at


def warnings(opens_at: datetime, closes_at: datetime, interviewers: Collection[int]) -> list[Text]:
    """For whoever is about to book these: who is busy then elsewhere, which takes a reason, and of whom it is not
    known. Two queries; what they are booked for here the service refuses."""
    return _of_calendars([Booking(opens_at=opens_at, closes_at=closes_at, interviewers=interviewers)])


def warnings_of_many(bookings: Sequence[Booking]) -> list[Text]:
    """`warnings` of several that are booked one after the other, and which of them will be refused, since interviewer
    or room is booked for another round then, one of these included. As many queries for a thousand as for one."""
    return [*_of_rounds(bookings), *_of_calendars(bookings)]


def _of_calendars(bookings: Sequence[Booking]) -> list[Text]:
    asked = [one for one in bookings if one.interviewers and one.opens_at < one.closes_at]
    if not asked:
        return []
    everybody = {pk for one in asked for pk in one.interviewers}
    within = DateTimeTZRange(min(one.opens_at for one in asked), max(one.closes_at for one in asked))
    rows = BusyTime.objects.filter(calendar__person__in=everybody, slot__overlap=within)
    by_person: dict[int, list[tuple[str, DateTimeTZRange]]] = {}
    named = rows.order_by("calendar__person__name_key", "slot")
    for pk, who, slot in named.values_list("calendar__person", "calendar__person__name", "slot"):
        by_person.setdefault(pk, []).append((who, slot))
    found = [
        Weighty(_named(one, _("%(who)s is busy then by the own calendar: %(when)s."), who, slot))
        for one in asked
        for person, times in by_person.items()
        if person in one.interviewers
        for who, slot in times
        if free.overlaps(one.span, [(slot.lower, slot.upper)])
    ]
    return [*_first(found), *_not_known(everybody)]


def _not_known(interviewers: Collection[int]) -> Iterator[Text]:
    stale = OutsideCalendar.objects.filter(
        person__in=interviewers, failing_since__lt=timezone.now() - STALE_AFTER
    ).annotate(who=F("person__name"))
    for row in stale.order_by("person__name_key"):
        if row.failing_since:
            yield _(
                "The own calendar of %(who)s could not be read since %(since)s: it is not known whether they are free."
            ) % {"who": row.who, "since": date_format(timezone.localtime(row.failing_since), "Y-m-d H:i")}


def _of_rounds(bookings: Sequence[Booking]) -> list[Text]:
    """As the services take them, one by one: who is refused keeps the old time, and whoever comes later meets it."""
    asked = [one for one in bookings if (one.interviewers or one.room) and one.opens_at < one.closes_at]
    if not asked:
        return []
    people = {pk for one in asked for pk in one.interviewers}
    booked = free.Bookings(
        min(one.opens_at for one in asked),
        max(one.closes_at for one in asked),
        interviewers=people,
        rooms={one.room for one in asked} - {""},
    )
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    found: list[Text] = []
    for one in asked:
        clash = booked.clash(one.span, one.interviewers, one.room, but=one.held)
        if clash is None:
            if not one.is_meant:
                booked.move(one.held, one.span, one.interviewers, one.room)
            continue
        owner, slot = clash
        who, when = names.get(owner, owner), DateTimeTZRange(*slot)
        if one.is_meant:
            words = _("%(who)s is booked for another round then: %(when)s.")
            found.append(Weighty(_named(one, words, who, when)))
        elif isinstance(owner, int):
            words = _("%(who)s is booked for another round then: %(when)s. This one will be refused.")
            found.append(_named(one, words, who, when))
        else:
            words = _("The room %(who)s is taken then: %(when)s. This one will be refused.")
            found.append(_named(one, words, who, when))
    return _first(found)


def meant_for(
    opens_at: datetime, closes_at: datetime, applications: Sequence[Application], *, own: Mapping[int, Any]
) -> list[Text]:
    """`warnings_of_many` of interviews by people at which the interviewers of their openings are expected; `own`: the
    window of each. A window that is longer than anybody meets is no appointment: nothing is asked of it."""
    if closes_at - opens_at > LONGEST_USUAL:
        return []
    named = Opening.interviewers.through.objects.filter(
        opening__in={row.opening_id for row in applications}
    ).order_by("pk")
    expected: dict[int, list[int]] = {}
    for opening, person in named.values_list("opening", "user"):
        expected.setdefault(opening, []).append(person)
    return warnings_of_many(
        [
            Booking(
                opens_at=own[row.pk]["opens_at"],
                closes_at=own[row.pk]["closes_at"],
                interviewers=expected.get(row.opening_id, ()),
                whose=str(row) if len(applications) > 1 else "",
                is_meant=True,
            )
            for row in applications
        ]
    )


def _first(found: Sequence[Text]) -> list[Text]:
    """The first of them, and how many more there are."""
    more = len(found) - MOST_NAMED
    if more <= 0:
        return list(found)
    said = ngettext("and %(n)s more like it", "and %(n)s more like it", more) % {"n": more}
    return [*found[:MOST_NAMED], said]


def _named(one: Booking, words: Text, who: object, slot: DateTimeTZRange) -> str:
    said = words % {"who": who, "when": _span(slot)}
    return f"{one.whose} · {said}" if one.whose else str(said)


def _span(slot: DateTimeTZRange) -> str:
    begin, end = timezone.localtime(slot.lower), timezone.localtime(slot.upper)
    shape = "H:i" if begin.date() == end.date() else "Y-m-d H:i"
    return f"{date_format(begin, 'Y-m-d H:i')} – {date_format(end, shape)}"
