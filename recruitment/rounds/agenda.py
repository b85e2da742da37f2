"""What is arranged when: windows, rounds and offered times of a stretch of days, as one person may see them.

Read in as many statements for a full month as for an empty one: the database itself counts each day, and hands out the
first of it alone. A window is two entries, where it opens and where it closes, since most of them last for days; within
one day it is one entry.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_cte import CTE, with_cte

from core.days import midnight
from core.events.reading import reading_once
from core.joining import joined
from people.calendar import is_working_day
from people.models import User
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import BusyTime, Interview, OfferedSlot, Opening, Round, Scorecard, SlotOffer

DAY = timedelta(days=1)
MOST_BUSY = 2000
# More than a page of the calendar has.
MOST_DAYS = 62
WORDS = {
    "round": _("Round with people"),
    "within": _("AI interview"),
    "opens": _("AI interview opens"),
    "closes": _("AI interview closes"),
    "offered": _("Offered time"),
    "busy": _("Busy by the own calendar"),
}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """To what the page is narrowed: an opening, its specialist, an interviewer, a room. None and "" for all."""

    opening: int | None = None
    specialist: int | None = None
    interviewer: int | None = None
    room: str = ""

    @property
    def to_rounds(self) -> bool:
        """Whether only what people hold can fit: the built-in room has neither interviewers nor a room of the house."""
        return bool(self.interviewer or self.room)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a day."""

    what: str
    at: datetime
    until: datetime | None
    who: str
    opening: str
    people: str
    place: str
    state: str | Promise
    url: str

    @property
    def words(self) -> str | Promise:
        """What kind of line it is."""
        return WORDS[self.what]

    @property
    def moment(self) -> str:
        """When it begins, for machines."""
        return self.at.isoformat(timespec="minutes")

    @property
    def clock(self) -> str:
        """From when until when, by the clock that the page goes by; the day of its end where that is another one."""
        if self.until is None:
            return f"{self.at:%H:%M}"
        if self.what == "busy" and self.until - self.at >= DAY:
            return str(_("all day"))
        return f"{self.at:%H:%M}–{self.until:%H:%M}" + (
            "" if self.until.date() == self.at.date() else f" ({self.until:%m-%d})"
        )


@dataclass(slots=True)
class Day:
    """A day with its first entries, by time; `more` says how many there are beyond them."""

    day: date
    is_off: bool
    entries: list[Entry] = field(default_factory=list)
    more: int = 0


def days(
    user: User, first: date, last: date, *, zone: ZoneInfo, narrowed: Narrowed, in_day: int
) -> list[Day]:
    """Every day from `first` to `last` by the clock of `zone`, with `in_day` entries at most.

    Eight statements at most, those of the calendar beside them: rounds and windows by their beginning, with their
    rounds' cards; windows by their end; offered times with who holds them; when the interviewer, or those whom the
    opening names, are busy elsewhere: from when until when alone.
    """
    span = (midnight(first, zone), midnight(last + DAY, zone))
    found: dict[date, list[Entry]] = {}
    counted: Counter[date] = Counter()
    for entries, number in (
        _begun(user, span, zone, narrowed, in_day),
        _ended(user, span, zone, narrowed, in_day),
        _offered(user, span, zone, narrowed, in_day),
        _busy(user, span, zone, narrowed),
    ):
        for entry in entries:
            found.setdefault(entry.at.date(), []).append(entry)
        counted.update(number)
    with reading_once():
        return [
            Day(
                day,
                not is_working_day(day),
                sorted(found.get(day, ()), key=lambda one: (one.at, one.who))[:in_day],
                max(0, counted[day] - in_day),
            )
            for day in _each(first, last)
        ]


def rooms(user: User, first: date, last: date, *, zone: ZoneInfo) -> list[str]:
    """Which rooms are booked in this time. One statement."""
    rows = Round.objects.visible_to(user).filter(
        is_booked=True, slot__overlap=(midnight(first, zone), midnight(last + DAY, zone))
    )
    return sorted(rows.exclude(room="").order_by().values_list("room", flat=True).distinct())


def _each(first: date, last: date) -> Iterator[date]:
    return (first + DAY * number for number in range((last - first).days + 1))


Span = tuple[datetime, datetime]
Found = tuple[list[Entry], dict[date, int]]


def _first_of_each_day(rows: "QuerySet[Any]", moment: str, zone: ZoneInfo, most: int) -> "QuerySet[Any]":
    """The first rows of each day by `moment`, each with the `day` and how many it has altogether (`of_day`). What a row
    is shown with is looked up for these alone."""
    day = TruncDate(moment, tzinfo=zone)
    ranked = CTE(
        rows.order_by()
        .annotate(
            day=day,
            nth=Window(RowNumber(), partition_by=day, order_by=[F(moment).asc(), F("pk").asc()]),
            of_day=Window(Count("pk"), partition_by=day),
        )
        # So few are left that their rows are looked up one by one, however many the month has: the limit says so, and
        # cuts nothing.
        .filter(nth__lte=most)
        .values("id", "day", "nth", "of_day")[: most * MOST_DAYS],
        name="ranked",
    )
    shown: QuerySet[Any] = ranked.join(rows.model._default_manager.all(), pk=ranked.col.id)
    return with_cte(ranked, select=shown).annotate(
        day=ranked.col.day, nth=ranked.col.nth, of_day=ranked.col.of_day
    )


def _with_people(rows: Any) -> "QuerySet[Any]":
    """Interviews with what an entry says of them."""
    live: QuerySet[Any] = rows.with_live_state()
    return live.select_related("application__candidate", "application__opening", "held")


def _interviews(user: User, narrowed: Narrowed) -> "QuerySet[Interview]":
    rows = Interview.objects.visible_to(user).exclude(state=InterviewState.CANCELLED)
    if narrowed.opening:
        rows = rows.filter(of_opening=narrowed.opening)
    if narrowed.specialist:
        rows = rows.filter(of_opening__specialist=narrowed.specialist)
    if narrowed.interviewer:
        called = Scorecard.objects.filter(
            round__interview=OuterRef("pk"), interviewer=narrowed.interviewer, is_called=True
        )
        rows = rows.filter(Exists(called), kind=InterviewKind.PEOPLE)
    if narrowed.room:
        rows = rows.filter(held__room=narrowed.room)
    return rows


_CALLED = Prefetch(
    "held__cards",
    queryset=Scorecard.objects.filter(is_called=True).select_related("interviewer").order_by("pk"),
    to_attr="called",
)


def _begun(user: User, span: Span, zone: ZoneInfo, narrowed: Narrowed, most: int) -> Found:
    rows = _interviews(user, narrowed).filter(window_opens_at__gte=span[0], window_opens_at__lt=span[1])
    first = _with_people(_first_of_each_day(rows, "window_opens_at", zone, most))
    found = list(first.prefetch_related(_CALLED))
    return [_of_interview(row, zone, is_end=False) for row in found], _numbers(found)


def _ended(user: User, span: Span, zone: ZoneInfo, narrowed: Narrowed, most: int) -> Found:
    if narrowed.to_rounds:
        return [], {}
    rows = (
        _interviews(user, narrowed)
        .filter(window_closes_at__gte=span[0], window_closes_at__lt=span[1])
        .exclude(kind=InterviewKind.PEOPLE)
        .annotate(opening_day=TruncDate("window_opens_at", tzinfo=zone))
        .exclude(opening_day=TruncDate("window_closes_at", tzinfo=zone))
    )
    found = list(_with_people(_first_of_each_day(rows, "window_closes_at", zone, most)))
    return [_of_interview(row, zone, is_end=True) for row in found], _numbers(found)


def _offered(user: User, span: Span, zone: ZoneInfo, narrowed: Narrowed, most: int) -> Found:
    offers = SlotOffer.objects.visible_to(user).live()
    if narrowed.opening:
        offers = offers.filter(of_opening=narrowed.opening)
    if narrowed.specialist:
        offers = offers.filter(of_opening__specialist=narrowed.specialist)
    if narrowed.interviewer:
        new = Q(interviewers=narrowed.interviewer)
        moved = Scorecard.objects.filter(
            round__interview=OuterRef("interview"), interviewer=narrowed.interviewer, is_called=True
        )
        offers = offers.filter(new | Exists(moved))
    if narrowed.room:
        offers = offers.filter(Q(room=narrowed.room) | Q(interview__held__room=narrowed.room))
    rows = OfferedSlot.objects.filter(
        offer__in=offers.order_by().values("pk"), slot__startswith__gte=span[0], slot__startswith__lt=span[1]
    )
    found = list(
        _first_of_each_day(rows, "slot__startswith", zone, most)
        .select_related(
            "offer__application__candidate", "offer__application__opening", "offer__interview__held"
        )
        .prefetch_related(
            "offer__interviewers",
            Prefetch("offer__interview__held__cards", queryset=_CALLED.queryset, to_attr="called"),
        )
    )
    return [_of_slot(row, zone) for row in found], _numbers(found)


def _busy(user: User, span: Span, zone: ZoneInfo, narrowed: Narrowed) -> Found:
    """One entry for each day that a busy time reaches; of a chosen interviewer, or of those of a chosen opening."""
    if narrowed.interviewer:
        whose = Q(calendar__person=narrowed.interviewer)
    elif narrowed.opening:
        named = Opening.objects.visible_to(user).filter(pk=narrowed.opening)
        whose = Q(calendar__person__in=named.values("interviewers"))
    else:
        return [], {}
    rows = BusyTime.objects.visible_to(user).filter(whose, slot__overlap=DateTimeTZRange(*span))
    found = [
        entry
        for row in rows.select_related("calendar__person").order_by("slot", "pk")[:MOST_BUSY]
        for entry in _busy_by_day(row, span, zone)
    ]
    return found, Counter(entry.at.date() for entry in found)


def _busy_by_day(row: BusyTime, span: Span, zone: ZoneInfo) -> Iterator[Entry]:
    at, end = max(row.slot.lower, span[0]).astimezone(zone), min(row.slot.upper, span[1]).astimezone(zone)
    while at < end:
        until = min(end, midnight(at.date() + DAY, zone))
        yield Entry(
            what="busy", at=at, until=until, who=str(row.calendar.person), opening="", people="", place="", state="",
            url="",
        )  # fmt: skip
        at = until


def _numbers(rows: list[Any]) -> dict[date, int]:
    return {row.day: row.of_day for row in rows}


def _of_interview(row: Any, zone: ZoneInfo, *, is_end: bool) -> Entry:
    begin, end = row.window_opens_at.astimezone(zone), row.window_closes_at.astimezone(zone)
    held = getattr(row, "held", None)
    if row.kind == InterviewKind.PEOPLE:
        what = "round"
    elif begin.date() == end.date():
        what = "within"
    else:
        what = "closes" if is_end else "opens"
    return Entry(
        what=what,
        at=end if is_end else begin,
        until=end if what in ("round", "within") else None,
        who=str(row.application.candidate),
        opening=str(row.application.opening),
        people="" if held is None else _names(card.interviewer for card in held.called),
        place=_place(held),
        state="" if row.live_state == InterviewState.SCHEDULED else InterviewState(row.live_state).label,
        url=reverse("admin:recruitment_interview_change", args=[row.pk]),
    )


def _of_slot(row: Any, zone: ZoneInfo) -> Entry:
    offer = row.offer
    held = getattr(offer.interview, "held", None) if offer.interview_id else None
    people = [card.interviewer for card in held.called] if held is not None else offer.interviewers.all()
    return Entry(
        what="offered",
        at=row.slot.lower.astimezone(zone),
        until=row.slot.upper.astimezone(zone),
        who=str(offer.application.candidate),
        opening=str(offer.application.opening),
        people=_names(people),
        place=_place(held or offer),
        state="",
        url=reverse("admin:recruitment_slotoffer_change", args=[offer.pk]),
    )


def _names(people: Any) -> str:
    return joined(people)


def _place(of: Any) -> str | Any:
    if of is None:
        return ""
    return of.room or (_("online") if of.meeting_link else "")
