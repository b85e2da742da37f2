"""The first page: what waits for a person now, and what this week's figures are made of."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core.admin import looks
from hrsuite import approvals
from hrsuite.dashboard import figures, leavers
from messaging import health
from messaging.models import Message
from messaging.told import told_words
from onboarding.enums import StepState
from onboarding.models import OnboardingCase, OnboardingStep
from people.actors import person_of
from people.rules import keeps_house
from people.services import second_factor
from recruitment.admin import follow_ups
from recruitment.enums import FollowUpState, InterviewState
from recruitment.models import (
    Application,
    Candidate,
    Decision,
    FollowUp,
    Interview,
    Opening,
)
from recruitment.offers import next_in_line
from recruitment.queries import never_matched
from recruitment.services import notes, untold
from reports import weekly
from reports.counting import monday
from training.models import PlanItem

MOST_ROWS = 8
WEEK = timedelta(days=7)


def fill_index(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The first page's context. A constant number of queries, whatever there is."""
    now = timezone.now()
    person = person_of(request)
    work = figures.Work(person)
    owed = figures.owed_to(request, now, work)
    decisions = _decisions(request) if work.recruits else []
    context |= {
        "title": _("Overview"),
        "now": now,
        "today": timezone.localdate(),
        "work": work,
        "figures": figures.of(request, owed, now, work, asked=decisions[0].all_of_them if decisions else 0),
        "mentions": notes.unseen_of(person, most=MOST_ROWS) if person.is_hr else [],
        "untold": _untold(request) if person.is_hr and owed.number(health.LOST) else [],
        "left": leavers.to_hand_over(request) if person.is_hr else [],
        "decisions": decisions,
        "drafts": approvals.offers_waiting_for(person) if owed.number(figures.DRAFTS) else [],
        "next_in_line": next_in_line.recently(person, most=MOST_ROWS) if owed.number(figures.FALLEN) else [],
        "moved": _moved(request) if work.prepares or work.recruits else [],
        "steps": _steps(request) if work.prepares_self else [],
        "courses": _courses(request) if work.trains_self else [],
        "is_password_enough": keeps_house(person) and not second_factor.rule().roles,
    }
    return context | _recruiting(request, is_lively=bool(decisions)) if work.recruits else context


def _recruiting(request: HttpRequest, *, is_lively: bool) -> dict[str, Any]:
    """What the week's figures are made of, and who waits; where nobody has applied yet, where to begin."""
    user, today = request.user, timezone.localdate()
    queue = FollowUp.objects.visible_to(user).filter(state__in=FollowUpState.unfinished)
    before, report = weekly.weeks_lately(monday(today - WEEK), 2, user=user)
    promised = _queue_rows(queue)
    # Where something happened in these weeks or waits now, somebody has applied, and nobody need ask.
    has_applied = (
        is_lively
        or bool(promised or report.invited or before.invited)
        or Application.objects.visible_to(user).exists()
    )
    return {
        "week": report,
        "before": before,
        "week_rows": _week_rows(report, before),
        "rates": [(_("This week"), _pass_rate(report)), (_("Last week"), _pass_rate(before))],
        "causes": _causes(report, before),
        "queue": [_due(row) for row in promised],
        "interrupted": _interrupted(request),
        "never_matched": list(never_matched()[:MOST_ROWS]),
        "nobody_applied": not has_applied,
        "is_empty": not has_applied and not Opening.objects.visible_to(user).exists(),
    }


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
            "candidate": to_candidates.get(row.pk, 0),
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
    """Found among all by themselves; what a line shows is read of these few."""
    gone = Interview.objects.visible_to(request.user).in_live_state(InterviewState.INTERRUPTED)
    first = gone.order_by("resume_until", "id").values("pk")[:MOST_ROWS]
    rows = Interview.objects.filter(pk__in=first)
    return list(
        rows.select_related("application__candidate", "application__opening").order_by("resume_until", "id")
    )


def _moved(request: HttpRequest) -> list[OnboardingCase]:
    return list(
        OnboardingCase.objects.visible_to(request.user)
        .moved()
        .with_recount()
        .select_related("application__candidate", "application__opening")
        .order_by("forecast_start", "id")[:MOST_ROWS]
    )


def _steps(request: HttpRequest) -> list[OnboardingStep]:
    """Of starts that lie ahead: what can be done, the most urgent first."""
    rows = OnboardingStep.objects.visible_to(request.user).unfinished().filter(state=StepState.READY)
    rows = rows.select_related("case__application__candidate", "case__application__opening")
    return list(rows.order_by("due_on", "id")[:MOST_ROWS])


def _courses(request: HttpRequest) -> list[PlanItem]:
    """What is to be taken next, in plans that go on."""
    rows = PlanItem.objects.visible_to(request.user).planned().filter(due_on__isnull=False)
    rows = rows.select_related("plan__application__candidate", "plan__application__opening", "course")
    return list(rows.order_by("due_on", "id")[:MOST_ROWS])


def _decisions(request: HttpRequest) -> list[Any]:
    """The first to be made, each with the number of all of them: counted by themselves, what a line shows is read of
    these few. Two queries, one when there are none."""
    waiting = Decision.objects.visible_to(request.user).waiting().order_by("at", "id")
    counted = waiting.annotate(all_of_them=Window(Count("pk"))).values_list("pk", "all_of_them")
    first = dict(counted[:MOST_ROWS])
    rows = Decision.objects.filter(pk__in=first).order_by("at", "id")
    shown: list[Any] = (
        list(rows.select_related("application__candidate", "application__opening", "assessment"))
        if first
        else []
    )
    for row in shown:
        row.all_of_them = first[row.pk]
        report = row.assessment
        row.bar = looks.score_bar(report.value, report.low, report.high, report.basis)
    return shown
