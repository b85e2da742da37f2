"""The first page: what waits for a person now, and what this week's figures are made of."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Window
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.admin import looks
from core.events.models import Reaction, ReactionState
from hrsuite.dashboard import leavers
from messaging import health
from messaging.models import Message
from messaging.told import told_words
from onboarding.models import OnboardingCase
from people.actors import person_of
from people.rules import is_lead
from people.services import second_factor
from recruitment.admin import follow_ups
from recruitment.enums import FollowUpState, InterviewState
from recruitment.menu import figures_of_follow_ups
from recruitment.models import Application, Candidate, Decision, FollowUp, Interview, Opening
from recruitment.queries import never_matched
from recruitment.services import untold
from reports import weekly
from reports.counting import monday

MOST_ROWS = 8
WEEK = timedelta(days=7)
# A delivery that has been due for this long is no longer on its way: somebody should look.
OLD_DELIVERY_SECONDS = 60
TWO_MINUTES = 120


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that waits for somebody: 0 is good news and says so."""

    title: str
    value: str | int
    link: str
    tone: str = ""
    note: str | Promise = ""


def fill_index(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The first page's context. A constant number of queries, whatever there is."""
    user, now = request.user, timezone.now()
    queue = FollowUp.objects.visible_to(user).filter(state__in=FollowUpState.unfinished)
    today = timezone.localdate()
    decisions = _decisions(request)
    before, report = weekly.weeks(monday(today - WEEK), 2, user=user)
    promised = _queue_rows(queue)
    # Where something happened in these weeks or waits now, somebody has applied, and nobody need ask.
    is_lively = bool(promised or decisions or report.invited or before.invited)
    has_applied = is_lively or Application.objects.visible_to(user).exists()
    context |= {
        "title": _("Overview"),
        "now": now,
        "figures": _figures(request, now, asked=decisions[0].all_of_them if decisions else 0),
        "week": report,
        "before": before,
        "week_rows": _week_rows(report, before),
        "rates": [(_("This week"), _pass_rate(report)), (_("Last week"), _pass_rate(before))],
        "causes": _causes(report, before),
        "queue": [_due(row) for row in promised],
        "untold": _untold(request),
        "left": leavers.to_hand_over(request),
        "interrupted": _interrupted(request),
        "moved": _moved(request),
        "decisions": decisions,
        "never_matched": list(never_matched()[:MOST_ROWS]),
        "nobody_applied": not has_applied,
        "is_password_enough": is_lead(person_of(request)) and not second_factor.rule().roles,
        "is_empty": not has_applied and not Opening.objects.visible_to(user).exists(),
    }
    return context


def _figures(request: HttpRequest, now: datetime, *, asked: int) -> list[Figure]:
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
    failed, oldest, lost, first_due = _owed(now)
    late = (now - first_due).total_seconds() if first_due else 0
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
        Figure(
            _("Links of a chain that failed"),
            failed,
            "/admin/events/reaction/?is=failed",
            "bad" if failed else "good",
            _oldest(oldest, now),
        ),
        Figure(
            _("Messages not told"),
            lost,
            "/admin/messaging/message/?reached=nobody",
            "bad" if lost else "good",
            _("call instead") if lost else _("everybody could be reached"),
        ),
        Figure(
            _("Oldest message due"),
            _seconds(late),
            "/admin/messaging/message/",
            "bad" if late > OLD_DELIVERY_SECONDS else "good",
            _("on its way within a minute"),
        ),
    ]


def _owed(now: datetime) -> tuple[int, datetime | None, int, datetime | None]:
    """How many reactions failed, since when the oldest is pending; how many messages reached nobody, and since when the
    first delivery is due. One query."""
    reactions = Reaction.objects.exclude(state=ReactionState.DONE).order_by()
    found = {
        kind: (number, first)
        for kind, number, first in reactions.values("state")
        .annotate(number=Count("pk"), first=Min("event__at"))
        .values_list("state", "number", "first")
        .union(health.waiting(now), all=True)
    }
    pending = found.get(ReactionState.PENDING, (0, None))
    lost, due = found.get(health.LOST, (0, None)), found.get(health.DUE, (0, None))
    return found.get(ReactionState.FAILED, (0, None))[0], pending[1], lost[0], due[1]


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


def _week_rows(report: weekly.WeeklyReport, before: weekly.WeeklyReport) -> list[dict[str, Any]]:
    """Each flow of both weeks. Only who returned is a part of another: the others may have begun in an earlier week."""
    return [
        {
            "title": title,
            "weeks": [(getattr(week, name), getattr(week, whole, None)) for week in (report, before)],
        }
        for title, name, whole in (
            (_("Invited"), "invited", ""),
            (_("Started"), "started", ""),
            (_("Completed"), "completed", ""),
            (_("Interrupted"), "interrupted", ""),
            (_("Returned"), "returned", "interrupted"),
            (_("Abandoned"), "abandoned", ""),
            (_("Missed"), "missed", ""),
        )
    ]


def _causes(report: weekly.WeeklyReport, before: weekly.WeeklyReport) -> list[dict[str, Any]]:
    """Why they left in either week, the commonest of this week first."""
    weeks = [{row.cause: row for row in week.exits.by_cause} for week in (report, before)]
    return [
        {"label": cause.label, "weeks": [week.get(cause) for week in weeks]}
        for cause in dict.fromkeys(cause for week in weeks for cause in week)
    ]


def _pass_rate(report: weekly.WeeklyReport) -> dict[str, Any]:
    rate = report.pass_rate
    return {
        "rate": rate,
        "value": _percent(rate.value),
        "low": _percent(rate.low),
        "high": _percent(rate.high),
        "excluded": [{"label": one.reason.label, "count": one.count} for one in rate.excluded if one.count],
    }


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share * 100:.0f}%"


def _queue_rows(queue: QuerySet[FollowUp]) -> list[Any]:
    rows: Any = queue
    return list(
        rows.with_overdue()
        .select_related(
            "interview__application__candidate", "interview__application__opening", "assignee", "exit"
        )
        .order_by("due_at", "id")[:MOST_ROWS]
    )


def _untold(request: HttpRequest) -> list[dict[str, Any]]:
    """The newest messages that nobody was told, each with the number to call. Two queries, one when there are none."""
    there = Message.objects.visible_to(request.user).not_told().with_telling().select_related("claimed_by")
    shown = list(there.order_by("-id")[:MOST_ROWS])
    to_candidates = {row.pk: row.addressee_id or 0 for row in shown if row.addressee_type == untold.CANDIDATE}
    named = Candidate.objects.filter(pk__in=set(to_candidates.values()))
    phones = dict(named.values_list("pk", "phone")) if to_candidates else {}
    return [
        {
            "message": row,
            "phone": phones.get(to_candidates.get(row.pk, 0), ""),
            "told": told_words(row),
            "interview": row.origin_id if row.origin_type == untold.INTERVIEW else None,
        }
        for row in shown
    ]


def _due(row: Any) -> Any:
    row.words = follow_ups.due_words(row)
    return row


def _interrupted(request: HttpRequest) -> list[Interview]:
    rows = Interview.objects.visible_to(request.user).in_live_state(InterviewState.INTERRUPTED)
    return list(
        rows.select_related("application__candidate", "application__opening").order_by("resume_until", "id")[
            :MOST_ROWS
        ]
    )


def _moved(request: HttpRequest) -> list[OnboardingCase]:
    rows = (
        OnboardingCase.objects.visible_to(request.user).running().exclude(forecast_start=F("planned_start"))
    )
    return list(
        rows.with_recount()
        .select_related("application__candidate", "application__opening")
        .order_by("forecast_start", "id")[:MOST_ROWS]
    )


def _decisions(request: HttpRequest) -> list[Any]:
    """The first to be made, each with the number of all of them."""
    rows = (
        Decision.objects.visible_to(request.user)
        .waiting()
        .select_related("application__candidate", "application__opening", "assessment")
        .annotate(all_of_them=Window(Count("pk")))
        .order_by("at", "id")
    )
    shown: list[Any] = list(rows[:MOST_ROWS])
    for row in shown:
        report = row.assessment
        row.bar = looks.score_bar(report.value, report.low, report.high, report.basis)
    return shown
