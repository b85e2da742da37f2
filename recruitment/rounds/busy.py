"""When interviewers are busy by calendars that are kept elsewhere, and how far that can be relied on."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recruitment.models import BusyTime, OutsideCalendar

# A server is away for an hour now and then; what is older than this says little of today.
STALE_AFTER = timedelta(hours=24)
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


def warnings(opens_at: datetime, closes_at: datetime, interviewers: Collection[int]) -> list[str]:
    """For whoever is about to book these: who is busy then elsewhere, and of whom it is not known. Two queries."""
    if not interviewers or closes_at <= opens_at:
        return []
    rows = BusyTime.objects.filter(
        calendar__person__in=interviewers, slot__overlap=DateTimeTZRange(opens_at, closes_at)
    )
    named = rows.order_by("calendar__person__name_key", "slot").values_list("calendar__person__name", "slot")
    found = [
        str(_("%(who)s is busy then by the own calendar: %(when)s.") % {"who": who, "when": _span(slot)})
        for who, slot in named[:20]
    ]
    stale = OutsideCalendar.objects.filter(
        person__in=interviewers, failing_since__lt=timezone.now() - STALE_AFTER
    ).annotate(who=F("person__name"))
    return found + [
        str(
            _(
                "The own calendar of %(who)s could not be read since %(since)s: it is not known whether they are free."
            )
            % {"who": row.who, "since": date_format(timezone.localtime(row.failing_since), "Y-m-d H:i")}
        )
        for row in stale.order_by("person__name_key")
        if row.failing_since
    ]


def _span(slot: DateTimeTZRange) -> str:
    begin, end = timezone.localtime(slot.lower), timezone.localtime(slot.upper)
    shape = "H:i" if begin.date() == end.date() else "Y-m-d H:i"
    return f"{date_format(begin, 'Y-m-d H:i')} – {date_format(end, shape)}"
