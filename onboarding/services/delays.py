"""How interviews hold starts up: the delays, the forecast and the due dates, always as the present state requires."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from hrsuite.events import effect, note
from onboarding import signals
from onboarding.counting import Counting, Hold, hold_of
from onboarding.enums import CaseState, StepState
from onboarding.models import OnboardingCase, OnboardingDelay, OnboardingStep
from onboarding.services import locking
from people.actors import Party, actor_label
from people.enums import EmployeeStatus
from people.services import employees
from recruitment.enums import ExitCause, InterviewState
from recruitment.models import Interview

SET_SIZE = 200
SHOWN = ["days", "cause", "expected_result", "date_unknown"]


def align(*, interview_id: int) -> None:
    """Bring every case that waits on the interview to what the interview's present state requires.

    Effects in order: delay opened, changed or lifted; forecast and provisional years; due dates of unfinished steps;
    the start in the employee file; `start_forecast_changed` or `start_forecast_restored`, of this interview's chain.
    """
    with transaction.atomic():
        delayed = OnboardingDelay.objects.active().filter(case=OuterRef("pk"), interview=interview_id)
        waiting = OnboardingCase.waits_on.through.objects.filter(
            onboardingcase=OuterRef("pk"), interview=interview_id
        )
        cases = locking.cases(Q(Exists(waiting)) | Q(Exists(delayed)))
        if not cases:
            note(gettext_noop("No onboarding case waits on this interview."))
            return
        # Interviews are read after the cases are locked: whoever moves one meanwhile waits for them, then follows us.
        interview = Interview.objects.get(pk=interview_id)
        counting = Counting()
        changed = [bring(case, counting=counting, origin=interview) for case in cases]
        if not any(changed):
            note(gettext_noop("The onboarding case already stands as it should."))


def recount(*, year: int) -> None:
    """Count again every running case whose days lie in `year`, after its calendar was loaded or edited.

    Works in sets: the rows are read a set at a time, each question is asked of the calendar once.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    in_year = (
        Q(provisional_years__contains=[year])
        | Q(planned_start__lte=last, forecast_start__gte=first)
        | Q(Exists(OnboardingStep.objects.filter(case=OuterRef("pk"), due_on__range=(first, last))))
        | Q(
            Exists(
                OnboardingDelay.objects.active().filter(
                    case=OuterRef("pk"), expected_result__gte=first, interview__expected_result__lte=last
                )
            )
        )
    )
    with transaction.atomic():
        ids = list(
            OnboardingCase.objects.running().filter(in_year).order_by("pk").values_list("pk", flat=True)
        )
        counting = Counting()
        for start in range(0, len(ids), SET_SIZE):
            for case in locking.cases(Q(pk__in=ids[start : start + SET_SIZE], state__in=CaseState.running)):
                bring(case, counting=counting)
        if not ids:
            note(gettext_noop("No onboarding case is counted through this year."))


def bring(
    case: OnboardingCase,
    *,
    planned_start: date | None = None,
    counting: Counting | None = None,
    origin: Interview | None = None,
    by: str = "",
) -> bool:
    """On a locked case: delays, forecast, due dates and file as its interviews' present states require.

    `planned_start` moves the plan first. A case that has started or was cancelled holds no delay and keeps its last
    forecast. Returns whether anything changed.
    """
    counting = counting or Counting()
    replanned = planned_start is not None and planned_start != case.planned_start
    case.planned_start = planned_start or case.planned_start
    holds = {}
    if case.is_running:
        holds = {
            interview: hold
            for interview in case.waits_on.all()
            if (hold := hold_of(interview, counting)) is not None
        }
    active = {delay.interview_id: delay for delay in case.delays.all() if delay.is_active}
    moved = [
        _hold_up(case, interview, hold, active.pop(interview.pk, None)) for interview, hold in holds.items()
    ]
    for delay in active.values():
        delay.lifted_at = max(timezone.now(), delay.started_at)
        delay.save(update_fields=["lifted_at"])
        effect(delay, gettext_noop("Delay of the start lifted"))
    if case.is_running:
        moved.append(
            _forecast(case, holds, counting, origin=origin, lifted=bool(active), replanned=replanned, by=by)
        )
    return any(moved) or bool(active)


def _hold_up(case: OnboardingCase, interview: Interview, hold: Hold, delay: OnboardingDelay | None) -> bool:
    """The one active delay of this interview, as `hold` says; whether anything changed."""
    wanted = {
        "days": hold.days,
        "cause": _cause(case, interview),
        "expected_result": hold.expected_result,
        "date_unknown": hold.date_unknown,
    }
    if delay is None:
        delay = OnboardingDelay.objects.create(
            case=case, interview=interview, started_at=timezone.now(), **wanted
        )
    elif all(getattr(delay, name) == value for name, value in wanted.items()):
        return False
    else:
        for name, value in wanted.items():
            setattr(delay, name, value)
        delay.save(update_fields=SHOWN)
    if hold.date_unknown:
        effect(delay, gettext_noop("Start delayed by at least %(days)s working days"), days=hold.days)
    else:
        effect(delay, gettext_noop("Start delayed by %(days)s working days"), days=hold.days)
    return True


def _cause(case: OnboardingCase, interview: Interview) -> str:
    """Why it broke off, as HR corrected it. A new window keeps the cause of what made it necessary."""
    if interview.state == InterviewState.MISSED:
        return ExitCause.NO_SHOW
    if interview.state == InterviewState.SCHEDULED:
        earlier = [delay.cause for delay in case.delays.all() if delay.interview_id == interview.pk]
        if earlier:
            return earlier[-1]
    exits = interview.exits.all()  # the last one first
    return exits[0].effective_cause if exits else ExitCause.UNKNOWN


def _forecast(
    case: OnboardingCase,
    holds: dict[Interview, Hold],
    counting: Counting,
    *,
    origin: Interview | None,
    lifted: bool,
    replanned: bool,
    by: str,
) -> bool:
    """Planned start plus the longest delay; what hangs on it follows; announced when a delay moved it."""
    longest = max(holds, key=lambda interview: holds[interview].days, default=None)
    days = holds[longest].days if longest else 0
    start = counting.add(case.planned_start, days)
    years = {*start.provisional_years, *(year for hold in holds.values() for year in hold.provisional_years)}
    years |= _due_dates(case, start.date, counting)
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
    by = by or actor_label(Party.SYSTEM)
    if longest is not None and was != start.date:
        facts |= {
            "cause": _cause(case, longest),
            "interview": longest.pk,
            "date_unknown": holds[longest].date_unknown,
        }
        signals.start_forecast_changed.emit(subject=case, facts=facts, origin=origin or longest, by=by)
    elif longest is None and lifted:
        effect(case, gettext_noop("Start is back on %(date)s"), date=start.date.isoformat())
        signals.start_forecast_restored.emit(subject=case, facts=facts, origin=origin, by=by)
    return replanned or was != start.date


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
