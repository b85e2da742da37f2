"""The forecast start and what hangs on it: due dates, the employee file, and the news that it moved."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop

from core.events import effect
from onboarding import signals
from onboarding.counting import Counting, Hold
from onboarding.enums import StepState
from onboarding.models import OnboardingCase, OnboardingStep
from people.actors import Party, actor_label
from people.enums import EmployeeStatus
from people.services import employees
from recruitment.enums import ExitCause, InterviewState
from recruitment.models import Interview


@dataclass(frozen=True, slots=True)
class Found:
    """What a forecast follows from: the interviews that hold the start up now, and what was before.

    Drifting: nothing happened but that a day went by.
    """

    holds: dict[Interview, Hold]
    counting: Counting
    origin: Interview | None
    lifted: bool
    was_unknown: bool
    by: str
    drifting: bool = False


def bring_forecast(case: OnboardingCase, found: Found, *, replanned: bool) -> bool:
    """On a locked, running case: planned start plus the longest delay, and what hangs on it.

    Announced when a delay moved the start, or made it a day that nobody can promise any more; and when the last delay
    is gone. That the earliest day of a start that nobody can promise moves on with the calendar is no news. Returns
    whether anything changed.
    """
    holds = found.holds
    longest = max(holds, key=lambda interview: holds[interview].days, default=None)
    days = holds[longest].days if longest else 0
    is_unknown = any(hold.date_unknown for hold in holds.values())
    start = found.counting.add(case.planned_start, days)
    years = {*start.provisional_years, *(year for hold in holds.values() for year in hold.provisional_years)}
    years |= _due_dates(case, start.date, found.counting)
    was, case.forecast_start = case.forecast_start, start.date
    if replanned or (was, case.provisional_years) != (start.date, sorted(years)):
        case.provisional_years = sorted(years)
        case.save(update_fields=["planned_start", "forecast_start", "provisional_years"])
    if case.employee.starts_on != start.date:
        employees.set_status(
            employee_id=case.employee_id, status=EmployeeStatus(case.employee.status), starts_on=start.date
        )
    facts = {
        "planned_start": case.planned_start.isoformat(),
        "forecast": start.date.isoformat(),
        "was": was.isoformat(),
        "days": days,
        "provisional": case.forecast_is_provisional,
    }
    by = found.by or actor_label(Party.SYSTEM)
    is_news = (was, found.was_unknown) != (start.date, is_unknown)
    if found.drifting and found.was_unknown and is_unknown:
        is_news = False
    if longest is not None and is_news:
        facts |= {"cause": cause_of(case, longest), "interview": longest.pk, "date_unknown": is_unknown}
        signals.start_forecast_changed.emit(subject=case, facts=facts, origin=found.origin or longest, by=by)
    elif longest is None and found.lifted:
        effect(case, gettext_noop("Start is back on %(date)s"), date=start.date.isoformat())
        signals.start_forecast_restored.emit(subject=case, facts=facts, origin=found.origin, by=by)
    return replanned or was != start.date


def cause_of(case: OnboardingCase, interview: Interview) -> str:
    """Why it broke off, as HR corrected it. A new window keeps the cause of what made it necessary."""
    if interview.state == InterviewState.MISSED:
        return ExitCause.NO_SHOW
    if interview.state == InterviewState.SCHEDULED:
        earlier = [delay.cause for delay in case.delays.all() if delay.interview_id == interview.pk]
        if earlier:
            return earlier[-1]
    exits = interview.exits.all()  # the last one first
    return exits[0].effective_cause if exits else ExitCause.UNKNOWN


def _due_dates(case: OnboardingCase, start: date, counting: Counting) -> set[int]:
    """Bring the unfinished steps' due dates to the start; the years without data that were counted through."""
    years: set[int] = set()
    moved = []
    for step in case.steps.all():
        if step.state == StepState.DONE:
            continue
        due = counting.add(start, step.offset_working_days)
        years.update(due.provisional_years)
        if step.due_on != due.date:
            step.due_on = due.date
            moved.append(step)
    if moved:
        OnboardingStep.objects.bulk_update(moved, ["due_on"])
    return years
