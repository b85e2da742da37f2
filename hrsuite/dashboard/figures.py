"""The tiles of the first page: each a number of what waits, for whom it is, and the list that it counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, DateTimeField, Min, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_q.models import Failure, OrmQ

from core.events.models import Reaction, ReactionState
from hrsuite import approvals
from messaging import health
from onboarding.models import OnboardingStep
from people.actors import person_of
from people.enums import ADMINISTRATOR, Role
from people.models import User
from recruitment.enums import InterviewState
from recruitment.enums_incoming import IntakeState
from recruitment.menu import figures_of_follow_ups
from recruitment.models import Application, Interview, PublicApplication
from recruitment.offers import next_in_line
from recruitment.queries import behind_promise
from training.models import PlanItem

# A delivery that has been due for this long is no longer on its way: somebody should look.
OLD_DELIVERY_SECONDS = 60
TWO_MINUTES = 120
A_WEEK = 7
STEPS, COURSES, COURSES_SOON, ARRIVED = "steps", "courses", "courses_soon", "arrived"
JOBS_FAILED, JOBS_WAITING, PROMISES, FALLEN = "jobs_failed", "jobs_waiting", "promises", "fallen"
DRAFTS = "drafts"
_NOTHING = Value(None, output_field=DateTimeField())


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that waits for somebody: 0 is good news and says so. `link` leads to a list of so many rows."""

    title: str
    value: str | int
    link: str
    tone: str = ""
    note: str | Promise = ""


class Owed:
    """What waits, by what it is."""

    def __init__(self, found: dict[str, tuple[int, datetime | None]]) -> None:
        self._found = found

    def number(self, what: str) -> int:
        """How many; 0 where nothing waits."""
        return self._found.get(what, (0, None))[0]

    def since(self, what: str) -> datetime | None:
        """Since when the first waits."""
        return self._found.get(what, (0, None))[1]


class Work:
    """Whose first page it is: what it shows follows from the roles."""

    def __init__(self, person: User) -> None:
        roles = person.daily_work
        everything = person.is_superuser or Role.LEAD in roles
        self.runs = ADMINISTRATOR in roles
        self.recruits = everything or Role.RECRUITING in roles
        self.prepares = everything or Role.ONBOARDING in roles
        self.trains = everything or Role.TRAINING in roles
        # A lead sees how much waits; whoever has it to do sees what.
        self.prepares_self, self.trains_self = Role.ONBOARDING in roles, Role.TRAINING in roles


def of(request: HttpRequest, owed: Owed, now: datetime, work: Work, *, asked: int) -> list[Figure]:
    """The tiles of this work. Two queries, whatever there is."""
    found = _recruiting(request, asked=asked) if work.recruits else []
    if work.recruits or work.runs:
        found.append(_failed(owed, now))
    if person_of(request).is_hr:
        found.append(_untold(owed))
        found += _in_doubt(owed)
    if work.recruits:
        found.append(_late(owed, now))
    if work.runs:
        found += _jobs(owed)
    if work.recruits:
        found += [_promises(owed), _arriving(owed)]
    if work.prepares:
        found.append(_preparing(owed))
    if work.trains:
        found += _training(owed)
    return found


def _recruiting(request: HttpRequest, *, asked: int) -> list[Figure]:
    due = figures_of_follow_ups(request)
    gone = (
        Interview.objects.visible_to(request.user)
        .filter(state__in=(InterviewState.IN_PROGRESS, InterviewState.INTERRUPTED))
        .with_live_state()
        .aggregate(
            running=Count("pk", filter=Q(live_state=InterviewState.IN_PROGRESS)),
            gone=Count("pk", filter=Q(live_state=InterviewState.INTERRUPTED)),
        )
    )
    followed = "/admin/recruitment/followup/"
    return [
        Figure(
            _("Overdue follow-ups"),
            due["overdue"],
            f"{followed}?work=overdue",
            "bad" if due["overdue"] else "good",
            _("%(soon)s due within 4 hours") % {"soon": due["soon"]},
        ),
        Figure(
            _("Unfinished follow-ups"),
            due["unfinished"],
            followed,
            "",
            _("%(mine)s of them yours") % {"mine": due["mine"]},
        ),
        Figure(
            _("Interrupted interviews"),
            gone["gone"],
            "/admin/recruitment/interview/?live_state=interrupted",
            "warn" if gone["gone"] else "good",
            _("%(running)s in progress now") % {"running": gone["running"]},
        ),
        Figure(
            _("Decisions to make"),
            asked,
            "/admin/recruitment/decision/?outcome__exact=asked",
            "warn" if asked else "good",
            _("an estimate decides nothing by itself"),
        ),
    ]


def _promises(owed: Owed) -> Figure:
    late = owed.number(PROMISES)
    return Figure(
        _("Promised days that have passed"),
        late,
        "/admin/recruitment/application/?promise=late",
        "bad" if late else "good",
        _("these candidates wait for a word"),
    )


def _arriving(owed: Owed) -> Figure:
    arrived = owed.number(ARRIVED)
    return Figure(
        _("Applications to look at"),
        arrived,
        "/admin/recruitment/publicapplication/?state__exact=waiting",
        "warn" if arrived else "good",
        _("known already, or come by mail"),
    )


def _preparing(owed: Owed) -> Figure:
    steps = owed.number(STEPS)
    return Figure(
        _("Steps of starts to be done"),
        steps,
        "/admin/onboarding/onboardingstep/?work=due",
        "warn" if steps else "good",
        _("by today, or earlier"),
    )


def _training(owed: Owed) -> list[Figure]:
    due = owed.number(COURSES)
    soon = due + owed.number(COURSES_SOON)
    items = "/admin/training/planitem/?work="
    return [
        Figure(
            _("Courses that are due"),
            due,
            f"{items}due",
            "warn" if due else "good",
            _("by today, or earlier"),
        ),
        Figure(_("Courses of the next week"), soon, f"{items}week", "", _("those that are due included")),
    ]


def _failed(owed: Owed, now: datetime) -> Figure:
    failed = owed.number(ReactionState.FAILED)
    return Figure(
        _("Links of a chain that failed"),
        failed,
        "/admin/events/reaction/?is=failed",
        "bad" if failed else "good",
        _oldest(owed.since(ReactionState.PENDING), now),
    )


def _jobs(owed: Owed) -> list[Figure]:
    failed, waiting = owed.number(JOBS_FAILED), owed.number(JOBS_WAITING)
    return [
        Figure(
            _("Failed jobs"),
            failed,
            "/admin/django_q/failure/",
            "bad" if failed else "good",
            _("of those that are still kept"),
        ),
        Figure(_("Jobs that wait"), waiting, "/admin/django_q/ormq/", "", _("for a worker")),
    ]


def _untold(owed: Owed) -> Figure:
    lost = owed.number(health.LOST)
    return Figure(
        _("Messages not told"),
        lost,
        "/admin/messaging/message/?reached=nobody",
        "bad" if lost else "good",
        _("call instead") if lost else _("everybody could be reached"),
    )


def _in_doubt(owed: Owed) -> list[Figure]:
    """Nothing where there is none: it is rare."""
    doubt = owed.number(health.DOUBT)
    page = "/admin/messaging/message/?reached=doubt"
    words = _("a person decides: ask them, or send again")
    return [Figure(_("Messages perhaps sent"), doubt, page, "bad", words)] if doubt else []


def _late(owed: Owed, now: datetime) -> Figure:
    first_due = owed.since(health.DUE)
    late = (now - first_due).total_seconds() if first_due else 0
    return Figure(
        _("Oldest message due"),
        _seconds(late),
        "/admin/messaging/message/",
        "bad" if late > OLD_DELIVERY_SECONDS else "good",
        _("on its way within a minute"),
    )


def owed_to(request: HttpRequest, now: datetime, work: Work) -> Owed:
    """What waits for this work, wherever it lies: how many, and since when the first. One query."""
    user = person_of(request)
    reactions = Reaction.objects.exclude(state=ReactionState.DONE).order_by()
    begun = reactions.values("state").annotate(number=Count("pk"), first=Min("event__at"))
    asked: list[QuerySet[Any, Any]] = []
    if work.prepares:
        asked.append(_counted(OnboardingStep.objects.visible_to(user).due(), STEPS))
    if work.trains:
        asked.append(_courses_due(user))
    if work.runs:
        asked += [_counted(Failure.objects.all(), JOBS_FAILED), _counted(OrmQ.objects.all(), JOBS_WAITING)]
    if work.recruits:
        arrived = PublicApplication.objects.visible_to(user).filter(state=IntakeState.WAITING)
        asked += [
            _counted(arrived, ARRIVED),
            _counted(behind_promise(Application.objects.visible_to(user)), PROMISES),
            _counted(next_in_line.lately(user), FALLEN),
            _counted(approvals.drafts_of_others(user), DRAFTS),
        ]
    found = begun.values_list("state", "number", "first").union(health.waiting(now), *asked, all=True)
    return Owed({what: (number, first) for what, number, first in found})


def _courses_due(user: User) -> QuerySet[Any, Any]:
    """Those that are due, and those of the days after until the week is over: each item is looked at once."""
    rows = PlanItem.objects.visible_to(user).due(within=A_WEEK).order_by()
    is_due = Case(
        When(due_on__lte=timezone.localdate(), then=Value(COURSES)),
        default=Value(COURSES_SOON),
        output_field=CharField(),
    )
    counted = rows.annotate(what=is_due).values("what").annotate(number=Count("pk"), first=_NOTHING)
    return counted.values_list("what", "number", "first")


def _counted(rows: QuerySet[Any], what: str) -> QuerySet[Any, Any]:
    """One row (`what`, how many, nothing); none where there is none."""
    named = rows.order_by().annotate(what=Value(what, output_field=CharField())).values("what")
    return named.annotate(number=Count("pk"), first=_NOTHING).values_list("what", "number", "first")


def _oldest(oldest: datetime | None, now: datetime) -> str:
    if oldest is None:
        return _("nothing is owed")
    return _("oldest pending: %(age)s") % {"age": _seconds((now - oldest).total_seconds())}


def _seconds(seconds: float) -> str:
    if seconds < 1:
        return "–"
    if seconds < TWO_MINUTES:
        return _("%(number)s s") % {"number": int(seconds)}
    return _("%(number)s min") % {"number": int(seconds // 60)}
