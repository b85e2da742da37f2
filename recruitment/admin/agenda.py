"""The interview calendar: a month, a week or a day of windows, rounds and offered times, narrowed by its address."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.numbers import row_number
from people.models import User
from people.zones import known
from recruitment.enums import OpeningState
from recruitment.models import Opening
from recruitment.rounds import agenda
from recruitment.rounds.agenda import DAY, Day, Narrowed
from recruitment.rounds.services import outside
from recruitment.rounds.services.planning import LONGEST_ROOM, colleagues

# How many entries of a day are drawn before "and so many more" leads to the day alone.
VIEWS = {
    "month": (gettext_lazy("Month"), 6),
    "week": (gettext_lazy("Week"), 40),
    "day": (gettext_lazy("Day"), 300),
}
WEEK = timedelta(days=7)
MOST_CHOICES = 300
_YEARS = (2000, 2200)


class WithAgenda:
    """For the interviews' admin, before it in the bases: the calendar at calendar/."""

    def get_urls(self) -> list[URLPattern]:
        """The calendar, before the records."""
        guarded = self.admin_site.admin_view(self.agenda_view)  # type: ignore[attr-defined]
        return [
            path("calendar/", guarded, name="recruitment_interview_calendar"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def agenda_view(self, request: HttpRequest) -> HttpResponse:
        """`?view=month|week|day&on=<day>`, and `opening`, `specialist`, `interviewer`, `room`; what is none of these
        narrows nothing. Times are by the reader's own clock."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        if not self.has_view_permission(request) or not isinstance(request.user, User):  # type: ignore[attr-defined]
            raise PermissionDenied
        context = {
            **admin.site.each_context(request),
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Interview calendar"),
            **_context(request.user, request.GET.dict()),
        }
        headers = {"Cache-Control": "no-store"}
        return TemplateResponse(request, "recruitment/admin/agenda.html", context, headers=headers)


def _context(user: User, asked: dict[str, str]) -> dict[str, Any]:
    zone = ZoneInfo(known(user.time_zone) or timezone.get_default_timezone_name())
    today = timezone.localdate(timezone=zone)
    view = asked.get("view", "") if asked.get("view") in VIEWS else "month"
    on = _day(asked.get("on", "")) or today
    narrowed = Narrowed(
        opening=row_number(asked.get("opening", "")),
        specialist=row_number(asked.get("specialist", "")),
        interviewer=row_number(asked.get("interviewer", "")),
        room=" ".join(asked.get("room", "").split())[:LONGEST_ROOM],
    )
    first, last = _stretch(view, on)
    shown = agenda.days(user, first, last, zone=zone, narrowed=narrowed, in_day=VIEWS[view][1])

    def to(view: str, on: date, narrowed: Narrowed = narrowed) -> str:
        return _address(view, on, narrowed)

    return {
        "view": view,
        "on": on,
        "heading": _heading(view, on, first, last),
        "days": [_shown(one, today, on, view, to("day", one.day)) for one in shown],
        "is_empty": not any(one.entries for one in shown),
        "is_narrowed": narrowed != Narrowed(),
        "views": [(words, to(name, on), name == view) for name, (words, _most) in VIEWS.items()],
        "earlier": to(view, _step(view, on, -1)),
        "later": to(view, _step(view, on, 1)),
        "today": to(view, today),
        "everything": to(view, on, Narrowed()),
        "rounds_only": to(view, on, replace(narrowed, interviewer=None, room=""))
        if narrowed.to_rounds
        else "",
        "of_interviewer": _of_interviewer(user, narrowed),
        "zone": zone.key if known(user.time_zone) else "",
        "choices": _choices(user, narrowed, agenda.rooms(user, first, last, zone=zone)),
    }


def _of_interviewer(user: User, narrowed: Narrowed) -> dict[str, Any] | None:
    """What is known of when the chosen interviewer is busy elsewhere, and the way to say it; for whoever recruits."""
    person = (
        User.objects.filter(colleagues(), pk=narrowed.interviewer).first() if narrowed.interviewer else None
    )
    if person is None or not outside.may_give(user, person):
        return None
    kept = outside.of_person(person)
    if kept is None:
        words = _("When %(who)s is busy elsewhere is not known: no calendar is heeded.")
    elif kept.failing_since:
        words = _("The calendar of %(who)s could not be read since %(since)s.")
    else:
        words = _("When %(who)s is busy by the own calendar is shown without titles.")
    since = (
        date_format(timezone.localtime(kept.failing_since), "Y-m-d H:i")
        if kept and kept.failing_since
        else ""
    )
    return {
        "words": words % {"who": person, "since": since},
        "url": reverse("rounds:calendar_of", args=[person.pk]),
    }


def _shown(one: Day, today: date, on: date, view: str, url: str) -> dict[str, Any]:
    return {
        "day": one.day,
        "words": date_format(one.day, "MONTH_DAY_FORMAT"),
        "weekday": date_format(one.day, "D"),
        "is_today": one.day == today,
        "is_off": one.is_off,
        "is_outside": view == "month" and one.day.month != on.month,
        "entries": one.entries,
        "more": one.more,
        "url": url,
    }


def _choices(user: User, narrowed: Narrowed, rooms: list[str]) -> list[dict[str, Any]]:
    """The four boxes. Two statements: openings (with their specialists), and colleagues who may hold a round."""
    rows = Opening.objects.visible_to(user).filter(Q(state=OpeningState.OPEN) | Q(pk=narrowed.opening))
    openings = list(rows.select_related("specialist").order_by("-pk")[:MOST_CHOICES])
    wanted = [one for one in (narrowed.specialist, narrowed.interviewer) if one]
    people = list(
        User.objects.filter(colleagues() | Q(pk__in=wanted)).order_by("name_key", "pk")[: MOST_CHOICES * 2]
    )
    named = {one.specialist_id for one in openings} | {narrowed.specialist}
    boxes: list[tuple[str, Any, list[tuple[Any, str]], Any]] = [
        ("opening", _("opening"), [(one.pk, str(one)) for one in openings], narrowed.opening),
        (
            "specialist",
            _("recruiting specialist"),
            [(one.pk, str(one)) for one in people if one.pk in named],
            narrowed.specialist,
        ),
        ("interviewer", _("interviewer"), [(one.pk, str(one)) for one in people], narrowed.interviewer),
        ("room", _("room"), [(one, one) for one in sorted({*rooms, narrowed.room} - {""})], narrowed.room),
    ]
    return [
        {"name": name, "words": words, "options": options, "chosen": chosen}
        for name, words, options, chosen in boxes
    ]


def _address(view: str, on: date, narrowed: Narrowed) -> str:
    asked = {
        "view": view,
        "on": on.isoformat(),
        "opening": narrowed.opening,
        "specialist": narrowed.specialist,
        "interviewer": narrowed.interviewer,
        "room": narrowed.room,
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('admin:recruitment_interview_calendar')}?{query}"


def _stretch(view: str, on: date) -> tuple[date, date]:
    """From when until when: a month in whole weeks, a week from its Monday, or the day itself."""
    if view == "day":
        return on, on
    first, last = (on, on) if view == "week" else (on.replace(day=1), _next_month(on) - DAY)
    return first - DAY * first.weekday(), last + DAY * (6 - last.weekday())


def _next_month(on: date) -> date:
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)


def _step(view: str, on: date, way: int) -> date:
    if view == "month":
        return _next_month(on) if way > 0 else (on.replace(day=1) - DAY).replace(day=1)
    return on + (DAY if view == "day" else WEEK) * way


def _heading(view: str, on: date, first: date, last: date) -> str:
    if view == "month":
        return date_format(on, "YEAR_MONTH_FORMAT")
    if view == "day":
        return f"{date_format(on)} {date_format(on, 'l')}"
    return f"{date_format(first)} – {date_format(last)}"


def _day(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if _YEARS[0] <= found.year < _YEARS[1] else None
