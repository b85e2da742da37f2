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
    """What is to be done, who owes it ("" for nobody), and by when, where a time stands.

    `say` is what a colleague says who has the candidate on the phone: nothing that they were not told yet.
    """

    what: str
    owes: str
    by: date | datetime | None = None
    say: str = ""


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
        say = _(
            "It has ended. What we decide is told in writing: say nothing of it before that has gone out."
        )
        return NextStep(_("Nothing: it has ended"), "", say=say)
    specialist, candidate = str(row.opening.specialist), str(row.candidate)
    if row.stage == ApplicationStage.OFFER:
        say = _("Ask what they still need to know to decide, and when they can answer.")
        return NextStep(_("Hear the candidate's answer to the offer"), specialist, row.promised_by, say)
    if interview is not None and (waits := _of_interview(interview, specialist, candidate)) is not None:
        return waits
    if row.stage == ApplicationStage.SECOND_ROUND:
        held = interview is not None and interview.round > 1
        what = _("Make an offer, or reject") if held else _("Schedule the second round")
        say = (
            _("The second round was held: the result comes in writing.")
            if held
            else _("They are invited to the second round; its time is agreed on with them.")
        )
        return NextStep(what, specialist, row.promised_by, say)
    evaluated = _("Their answers are here and are being looked at; the result comes in writing.")
    if is_asked:
        return NextStep(_("Decide on the second round"), specialist, row.promised_by, evaluated)
    if row.stage == ApplicationStage.EVALUATING:
        return NextStep(_("Finish the evaluation"), specialist, row.promised_by, evaluated)
    what = (
        _("Screen the application") if row.stage == ApplicationStage.APPLIED else _("Schedule the interview")
    )
    say = _("Their application is here and is being read; we write as soon as it goes on.")
    return NextStep(what, specialist, row.promised_by, say)


def _of_interview(interview: Any, specialist: str, candidate: str) -> NextStep | None:
    """What waits for the interview itself; None once it is finished, or called off."""
    call = interview.calls[0] if interview.calls else None
    if call is not None:
        say = _("Ask what held them up, and help now if you can; what they finished is kept.")
        return NextStep(_("Call the candidate"), str(call.assignee), call.due_at, say)
    match interview.live_state:
        case InterviewState.SCHEDULED:
            say = _(
                "They begin when it suits them within the window, by the link that was sent; it can be sent again."
            )
            return NextStep(_("Take the interview"), candidate, interview.window_closes_at, say)
        case InterviewState.IN_PROGRESS:
            say = _("The interview is running; each answer is kept as it is given.")
            return NextStep(_("Finish the interview"), candidate, say=say)
        case InterviewState.INTERRUPTED:
            say = _("What they finished is kept: the same link leads back to where they stopped.")
            return NextStep(_("Return to the interview"), candidate, interview.resume_until, say)
        case InterviewState.MISSED | InterviewState.ABANDONED:
            say = _("Ask whether they still want to take it: a new window can be set at once.")
            return NextStep(_("Reschedule the interview, or reject"), specialist, say=say)
    return None
