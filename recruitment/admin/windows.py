"""The windows that people type: where a form begins, and what is worth a second look before it is taken.

None of it is refused: some candidates come on a Saturday, and some at night. What cannot be is refused by
recruitment.services.scheduling, for everybody.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.calendar import add_working_days, is_working_day
from recruitment.enums import InterviewState
from recruitment.models import Application, Interview, PlanVersion

# The hours in which a candidate may be expected to sit down for it.
MORNING, EVENING = time(8), time(21)
OPENS, CLOSES = time(9), time(18)
# From the first day on: one to come back on, and one in reserve.
DAYS_MORE = 2
FAR_AHEAD = timedelta(days=60)
# What was opened while the page stood there is no slip.
JUST_NOW = timedelta(hours=1)


def sensible() -> tuple[datetime, datetime]:
    """From nine in the morning of the next working day to six in the evening two working days later."""
    first = add_working_days(timezone.localdate(), 1).date
    return _at(first, OPENS), _at(add_working_days(first, DAYS_MORE).date, CLOSES)


def next_round(application: Application) -> int:
    """One after the last."""
    last: int | None = application.interviews.aggregate(last=Max("round"))["last"]
    return (last or 0) + 1


def minutes_of(version: PlanVersion | None) -> int:
    """How long the stages of a plan's version take together; 0 where none is published."""
    if version is None:
        return 0
    total: int | None = version.stages.aggregate(total=Sum("minutes"))["total"]
    return total or 0


def warnings(opens: datetime, closes: datetime, *, minutes: int) -> Iterator[str]:
    """What is unusual about a window for an interview of so many minutes. One that cannot be is left to the service."""
    now = timezone.now()
    if closes <= opens or closes <= now:
        return
    opens, closes = timezone.localtime(opens), timezone.localtime(closes)
    if opens < now - JUST_NOW:
        yield _("The window opened already, at %(time)s.") % {"time": opens.strftime("%Y-%m-%d %H:%M")}
    if opens > now + FAR_AHEAD:
        yield ngettext(
            "The window opens in %(days)s day.", "The window opens in %(days)s days.", (opens - now).days
        ) % {"days": (opens - now).days}
    left = closes - max(opens, now)
    if left < timedelta(minutes=minutes):
        yield _("The window lasts %(window)s minutes, and the plan takes %(plan)s.") % {
            "window": int(left.total_seconds() // 60),
            "plan": minutes,
        }
    days = list(_days(opens, closes))
    if not any(map(is_working_day, days)):
        yield _("The window lies on days off alone: %(first)s to %(last)s.") % {
            "first": days[0].isoformat(),
            "last": days[-1].isoformat(),
        }
    by_day = sum((_by_day(day, opens, closes) for day in days), timedelta())
    if by_day < min(left, timedelta(minutes=max(minutes, 1))):
        yield _("The window lies at night, between %(evening)s and %(morning)s.") % {
            "evening": EVENING.strftime("%H:%M"),
            "morning": MORNING.strftime("%H:%M"),
        }


def round_warnings(application: Application, round_: int) -> Iterator[str]:
    """What is unusual about the place in the order of rounds; a round that is there already is left to the service."""
    expected = next_round(application)
    if round_ > expected:
        yield _("Round %(round)s comes before there is a round %(expected)s.") % {
            "round": round_,
            "expected": expected,
        }
    before = application.interviews.filter(round__lt=round_).order_by("-round").first()
    if before is not None and before.state in (InterviewState.SCHEDULED, *InterviewState.running):
        yield _("Round %(round)s is not finished yet.") % {"round": before.round}


def start_warnings(start: date | None) -> Iterator[str]:
    """What is unusual about a planned start; the past, days off and unknown years are the service's to refuse."""
    today = timezone.localdate()
    if start is None or start < today:
        return
    if start == today:
        yield _("The start is today: nothing can be prepared before it.")
    if start > today + timedelta(days=365):
        yield _("The start is more than a year away.")


def minutes_of_interview(interview: Interview) -> int:
    """How long it takes by the version it is taken under."""
    return minutes_of(interview.version)


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


def _days(opens: datetime, closes: datetime) -> Iterator[date]:
    day = opens.date()
    while day <= closes.date() and _at(day, time()) < closes:
        yield day
        day += timedelta(days=1)


def _by_day(day: date, opens: datetime, closes: datetime) -> timedelta:
    """How much of the window lies in the waking hours of this day."""
    return max(timedelta(), min(closes, _at(day, EVENING)) - max(opens, _at(day, MORNING)))
