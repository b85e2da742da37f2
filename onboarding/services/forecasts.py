"""What cases require: worked out in memory, written in sets, then told.

Delays as the interviews hold the start up, the forecast start, due dates, the start in the employee file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_noop

from core.bulk import update_rows
from core.events import effect
from core.events.models import Reaction
from core.events.running import on_receipt_of, receipt
from core.events.signal import Happened
from onboarding import signals
from onboarding.counting import Counting, Hold, hold_of
from onboarding.enums import StepState
from onboarding.models import OnboardingCase, OnboardingDelay, OnboardingStep
from onboarding.services import locking
from people.actors import Party, actor_label
from people.services import employees
from recruitment.enums import ApplicationStage, ExitCause, InterviewState
from recruitment.models import Interview

SHOWN = ["days", "cause", "expected_result", "date_unknown"]


class Follows(NamedTuple):
    """That a case is counted follows from what happened to an interview; on whose receipt it is noted."""

    origin: Interview | None = None
    reaction: Reaction | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """What a recount follows from (`follows`: of each case for itself, by its number), and who did it. Drifting:
    nothing happened but that a day went by."""

    counting: Counting
    origin: Interview | None = None
    by: str = ""
    drifting: bool = False
    follows: Mapping[int, Follows] = field(default_factory=dict)

    def of(self, case: OnboardingCase) -> Follows:
        """What the count of this case follows from."""
        return self.follows.get(case.pk) or Follows(self.origin, receipt())


@dataclass(slots=True)
class Outcome:
    """What one locked case requires, and what of it is new."""

    case: OnboardingCase
    holds: dict[Interview, Hold]
    created: list[OnboardingDelay] = field(default_factory=list)
    changed: list[OnboardingDelay] = field(default_factory=list)
    lifted: list[OnboardingDelay] = field(default_factory=list)
    steps: list[OnboardingStep] = field(default_factory=list)
    held: list[tuple[OnboardingDelay, Hold]] = field(default_factory=list)
    is_ahead: bool = False
    is_dated: bool = False
    was_unknown: bool = False
    was: date | None = None
    has_moved: bool = False

    def __bool__(self) -> bool:
        """Whether anything changed that somebody sees."""
        return bool(self.held or self.lifted or self.has_moved)


def work_out(case: OnboardingCase, why: Why, planned_start: date | None = None) -> Outcome:
    """On a locked case: delays, forecast and due dates as its interviews' present states require. Writes nothing."""
    is_ahead = case.is_running and case.application.stage not in ApplicationStage.called_off
    is_replanned = planned_start is not None and planned_start != case.planned_start
    case.planned_start = planned_start or case.planned_start
    holds = {}
    if is_ahead:
        holds = {
            interview: hold
            for interview in case.waits_on.all()
            if (hold := hold_of(interview, why.counting)) is not None
        }
    outcome = Outcome(case, holds, is_ahead=is_ahead)
    active = {delay.interview_id: delay for delay in case.delays.all() if delay.is_active}
    outcome.was_unknown = any(delay.date_unknown for delay in active.values())
    for interview, hold in holds.items():
        _hold_up(outcome, interview, hold, active.pop(interview.pk, None))
    now = timezone.now()
    for delay in active.values():
        delay.lifted_at = max(now, delay.started_at)
        outcome.lifted.append(delay)
    if is_ahead:
        _forecast(outcome, why.counting, is_replanned=is_replanned)
    return outcome


def _hold_up(outcome: Outcome, interview: Interview, hold: Hold, delay: OnboardingDelay | None) -> None:
    """The one active delay of this interview, as `hold` says."""
    wanted = {
        "days": hold.days,
        "cause": cause_of(outcome.case, interview),
        "expected_result": hold.expected_result,
        "date_unknown": hold.date_unknown,
    }
    if delay is None:
        delay = OnboardingDelay(case=outcome.case, interview=interview, started_at=timezone.now(), **wanted)
        outcome.created.append(delay)
    elif all(getattr(delay, name) == value for name, value in wanted.items()):
        return
    else:
        for name, value in wanted.items():
            setattr(delay, name, value)
        outcome.changed.append(delay)
    outcome.held.append((delay, hold))


def _forecast(outcome: Outcome, counting: Counting, *, is_replanned: bool) -> None:
    """Planned start plus the longest delay, and the due dates that hang on it."""
    case, holds = outcome.case, outcome.holds
    start = counting.add(case.planned_start, max((hold.days for hold in holds.values()), default=0))
    years = {*start.provisional_years, *(year for hold in holds.values() for year in hold.provisional_years)}
    for step in case.steps.all():
        if step.state == StepState.DONE:
            continue
        due = counting.add(start.date, step.offset_working_days)
        years.update(due.provisional_years)
        if step.due_on != due.date:
            step.due_on = due.date
            outcome.steps.append(step)
    outcome.was, case.forecast_start = case.forecast_start, start.date
    outcome.is_dated = is_replanned or (outcome.was, case.provisional_years) != (start.date, sorted(years))
    outcome.has_moved = is_replanned or outcome.was != start.date
    case.provisional_years = sorted(years)


def write(outcomes: Sequence[Outcome]) -> None:
    """Write what is new in all of them: a statement for each kind of row, however many cases there are."""
    OnboardingDelay.objects.bulk_create(delay for outcome in outcomes for delay in outcome.created)
    update_rows([delay for outcome in outcomes for delay in outcome.changed], SHOWN)
    update_rows([delay for outcome in outcomes for delay in outcome.lifted], ["lifted_at"])
    update_rows([step for outcome in outcomes for step in outcome.steps], ["due_on"])
    update_rows(
        [outcome.case for outcome in outcomes if outcome.is_dated],
        ["planned_start", "forecast_start", "provisional_years"],
    )
    starts = {
        outcome.case.employee_id: outcome.case.forecast_start
        for outcome in outcomes
        if outcome.is_ahead and outcome.case.employee.starts_on != outcome.case.forecast_start
    }
    if starts:
        employees.move_starts(starts)


def tell(outcomes: Sequence[Outcome], why: Why) -> None:
    """Note on the receipt what was written of cases, and announce what is news: all of them as one chain.

    A delay moved the start, or made it a day that nobody can promise any more; or the last delay is gone. That the
    earliest day of a start that nobody can promise moves on with the calendar is no news.
    """
    changed, restored = [], []
    for outcome in outcomes:
        origin, reaction = why.of(outcome.case)
        with on_receipt_of(reaction):
            _note(outcome)
        if not outcome.is_ahead or outcome.was is None:
            continue
        if outcome.holds:
            changed += _news(outcome, outcome.was, why)
        elif outcome.lifted:
            restored.append(Happened(outcome.case, _facts(outcome, outcome.was), origin, reaction))
    by = why.by or actor_label(Party.SYSTEM)
    signals.start_forecast_changed.emit_all(changed, by=by)
    signals.start_forecast_restored.emit_all(restored, by=by)


# What is noted of a delay: whether it may still grow, and whether it is one day.
_LATER = {
    (False, False): gettext_noop("Start delayed by %(days)s working days"),
    (False, True): gettext_noop("Start delayed by %(days)s working day"),
    (True, False): gettext_noop("Start delayed by at least %(days)s working days"),
    (True, True): gettext_noop("Start delayed by at least %(days)s working day"),
}


def noted_as(days: int, *, date_unknown: bool) -> str:
    """The words that a delay is noted in."""
    return _LATER[date_unknown, days == 1]


def _note(outcome: Outcome) -> None:
    for delay, hold in outcome.held:
        effect(delay, noted_as(hold.days, date_unknown=hold.date_unknown), days=hold.days)
    for delay in outcome.lifted:
        effect(delay, gettext_noop("Delay of the start lifted"))
    if outcome.is_ahead and outcome.was is not None and outcome.lifted and not outcome.holds:
        case = outcome.case
        effect(case, gettext_noop("Start is back on %(date)s"), date=case.forecast_start.isoformat())


def _news(outcome: Outcome, was: date, why: Why) -> list[Happened]:
    """That the start is held up to another day, or to one that nobody knows; empty when that was known before."""
    case, holds = outcome.case, outcome.holds
    longest = max(holds, key=lambda interview: holds[interview].days)
    is_unknown = any(hold.date_unknown for hold in holds.values())
    if (was, outcome.was_unknown) == (case.forecast_start, is_unknown):
        return []
    if why.drifting and outcome.was_unknown and is_unknown:
        return []
    facts = {
        **_facts(outcome, was),
        "days": holds[longest].days,
        "cause": cause_of(case, longest),
        "interview": longest.pk,
        "date_unknown": is_unknown,
    }
    origin, reaction = why.of(case)
    return [Happened(case, facts, origin or longest, reaction)]


def _facts(outcome: Outcome, was: date) -> dict[str, Any]:
    return {
        "planned_start": outcome.case.planned_start.isoformat(),
        "forecast": outcome.case.forecast_start.isoformat(),
        "was": was.isoformat(),
        "days": 0,
        "provisional": bool(outcome.case.provisional_years),
    }


def cause_of(case: OnboardingCase, interview: Interview) -> str:
    """Why it broke off, as HR corrected it. A new window keeps the cause of what made it necessary."""
    if interview.state == InterviewState.MISSED:
        return ExitCause.NO_SHOW
    if interview.state == InterviewState.SCHEDULED:
        earlier = [delay.cause for delay in case.delays.all() if delay.interview_id == interview.pk]
        if earlier:
            return earlier[-1]
    exits = locking.exits(interview)
    return exits[0].effective_cause if exits else ExitCause.UNKNOWN
