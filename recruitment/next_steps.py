"""What comes next for an application, by when, and who owes it: read in sets, for boards, pages and searches."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from recruitment.enums import (
    ApplicationStage,
    AssessmentStatus,
    DecisionOutcome,
    FollowUpState,
    InterviewState,
)
from recruitment.models import Application, Decision, FollowUp, Interview


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to be done, who owes it ("" for nobody), and by when, where a time stands."""

    what: str
    owes: str
    by: date | datetime | None = None


def of(applications: Iterable[Application]) -> dict[int, NextStep]:
    """The next step of each, by the application's id. Three queries and the openings' specialists, however many."""
    rows = {row.pk: row for row in applications}
    calls = (
        FollowUp.objects.filter(state__in=FollowUpState.unfinished)
        .select_related("assignee")
        .order_by("due_at")
    )
    interviews: dict[int, Any] = {}
    found = (
        Interview.objects.filter(application__in=rows)
        .with_live_state()
        .prefetch_related(Prefetch("follow_ups", queryset=calls, to_attr="calls"))
        .order_by("round", "pk")
    )
    for interview in found:
        interviews[interview.application_id] = interview
    asked = set(
        Decision.objects.filter(
            application__in=rows,
            outcome__in=DecisionOutcome.undecided,
            assessment__status=AssessmentStatus.CURRENT,
        )
        .order_by()
        .values_list("application", flat=True)
    )
    return {pk: _next(row, interviews.get(pk), is_asked=pk in asked) for pk, row in rows.items()}


def _next(row: Application, interview: Any, *, is_asked: bool) -> NextStep:
    """The latest round tells; without one the stage does."""
    if row.stage in ApplicationStage.ended:
        return NextStep(_("Nothing: it has ended"), "")
    specialist, candidate = str(row.opening.specialist), str(row.candidate)
    if row.stage == ApplicationStage.OFFER:
        return NextStep(_("Hear the candidate's answer to the offer"), specialist, row.promised_by)
    if interview is not None and (waits := _of_interview(interview, specialist, candidate)) is not None:
        return waits
    if row.stage == ApplicationStage.SECOND_ROUND:
        held = interview is not None and interview.round > 1
        what = _("Make an offer, or reject") if held else _("Schedule the second round")
        return NextStep(what, specialist, row.promised_by)
    if is_asked:
        return NextStep(_("Decide on the second round"), specialist, row.promised_by)
    if row.stage == ApplicationStage.EVALUATING:
        return NextStep(_("Finish the evaluation"), specialist, row.promised_by)
    what = (
        _("Screen the application") if row.stage == ApplicationStage.APPLIED else _("Schedule the interview")
    )
    return NextStep(what, specialist, row.promised_by)


def _of_interview(interview: Any, specialist: str, candidate: str) -> NextStep | None:
    """What waits for the interview itself; None once it is finished, or called off."""
    call = interview.calls[0] if interview.calls else None
    if call is not None:
        return NextStep(_("Call the candidate"), str(call.assignee), call.due_at)
    match interview.live_state:
        case InterviewState.SCHEDULED:
            return NextStep(_("Take the interview"), candidate, interview.window_closes_at)
        case InterviewState.IN_PROGRESS:
            return NextStep(_("Finish the interview"), candidate)
        case InterviewState.INTERRUPTED:
            return NextStep(_("Return to the interview"), candidate, interview.resume_until)
        case InterviewState.MISSED | InterviewState.ABANDONED:
            return NextStep(_("Reschedule the interview, or reject"), specialist)
    return None
