"""A candidate's page shows everything once: each application with what comes next, what was held, said and offered.

What has a page of its own is a line with the way there; scores of people stand on the round's page, behind its rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.admin import panels
from core.figures import estimate
from messaging.models import Message
from messaging.told import NOT_TOLD, tellings
from recruitment import next_steps
from recruitment.admin import timeline
from recruitment.enums import AssessmentStatus, InterviewState, RoundOutcome
from recruitment.models import (
    Application,
    Assessment,
    Candidate,
    ContactAttempt,
    FollowUp,
    Interview,
    Offer,
    ResumeFact,
    Round,
    WrittenTest,
)

MOST_APPLICATIONS, MOST_MESSAGES, MOST_MOMENTS = 20, 30, 60


@dataclass(slots=True)
class Held:
    """One interview: its reports with intervals, its round where people held it, and the calls about it."""

    row: Any
    state: str
    scores: list[str] = field(default_factory=list)
    outcome: str = ""
    calls: list[FollowUp] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """One application with all that hangs on it."""

    row: Application
    comes: next_steps.NextStep
    until: str
    held: list[Held] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    tests: list[WrittenTest] = field(default_factory=list)
    facts: list[ResumeFact] = field(default_factory=list)


def of(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    """What the page shows, as far as this person may see it. Sixteen queries at most, however much there is."""
    user = request.user
    rows = list(
        Application.objects.visible_to(user)
        .filter(candidate=candidate)
        .select_related("candidate", "opening__specialist")
        .order_by("-pk")[:MOST_APPLICATIONS]
    )
    comes = next_steps.of(rows)
    runs = {row.pk: Run(row, comes[row.pk], _until(comes[row.pk].by)) for row in rows}
    interviews = (
        Interview.objects.visible_to(user)
        .filter(application__in=runs)
        .with_live_state()
        .order_by("round", "pk")
    )
    held = {row.pk: Held(row, str(InterviewState(row.live_state).label)) for row in interviews}
    for one in held.values():
        runs[one.row.application_id].held.append(one)
    _fill(held)
    for offer in Offer.objects.visible_to(user).defer("letter").filter(application__in=runs).order_by("pk"):
        runs[offer.application_id].offers.append(offer)
    for test in WrittenTest.objects.filter(application__in=runs).select_related("skill"):
        runs[test.application_id].tests.append(test)
    for fact in ResumeFact.objects.filter(application__in=runs).select_related("skill"):
        runs[fact.application_id].facts.append(fact)
    told = Message.objects.visible_to(user).to(candidate).with_telling()
    return {
        "candidate": candidate,
        "runs": list(runs.values()),
        "messages": tellings(told.select_related("user").order_by("-pk")[:MOST_MESSAGES]) if runs else [],
        "not_told": NOT_TOLD,
        "moments": timeline.of_many(list(held), list(runs), most=MOST_MOMENTS) if runs else [],
    }


def _until(by: date | datetime | None) -> str:
    if isinstance(by, datetime):
        return date_format(timezone.localtime(by), "n-j H:i")
    return date_format(by, "n-j") if by else ""


def _fill(held: dict[int, Held]) -> None:
    """Reports, rounds and calls of these interviews. Four queries, one where there is none."""
    if not held:
        return
    current = Assessment.objects.filter(interview__in=held, status=AssessmentStatus.CURRENT).order_by("pk")
    for report in current:
        found = estimate(report.value, report.low, report.high, report.basis)
        if found is not None:
            held[report.interview_id].scores.append(str(found.words))
    for one in Round.objects.filter(interview__in=held).only("interview_id", "outcome"):
        held[one.interview_id].outcome = str(RoundOutcome(one.outcome).label)
    calls = FollowUp.objects.filter(interview__in=held).select_related("assignee").order_by("pk")
    tried = _tried(calls)
    for call in calls:
        call.tries = tried.get(call.pk, [])  # type: ignore[attr-defined]
        held[call.interview_id].calls.append(call)


def _tried(calls: Iterable[FollowUp]) -> dict[int, list[ContactAttempt]]:
    found: dict[int, list[ContactAttempt]] = {}
    rows = ContactAttempt.objects.filter(follow_up__in=[call.pk for call in calls]).select_related("by")
    for row in rows.order_by("pk"):
        found.setdefault(row.follow_up_id, []).append(row)
    return found


def _panel(request: HttpRequest, candidate: Candidate) -> SafeString:
    context = of(request, candidate)
    if not context["runs"]:
        return SafeString("")
    return SafeString(render_to_string("recruitment/admin/whole.html", context, request=request))


panels.register(Candidate, panels.Panel("whole", _("Everything at a glance"), _panel, order=2))
