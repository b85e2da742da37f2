"""How interviews hold starts up: the delays, the forecast and the due dates, always as the present state requires."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from core.events import effect, note
from onboarding.counting import Counting, Hold, earliest_result, hold_of
from onboarding.enums import CaseState
from onboarding.models import OnboardingCase, OnboardingDelay, OnboardingStep
from onboarding.services import locking
from onboarding.services.forecasts import Found, bring_forecast, cause_of
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Interview

SET_SIZE = 200
# Each set is one transaction: a chain that meets a case of it waits no longer than this few take.
REFRESHED_AT_ONCE = 20
SHOWN = ["days", "cause", "expected_result", "date_unknown"]


def align(*, interview_id: int) -> None:
    """Bring every case that waits on the interview to what the interview's present state requires.

    Effects in order: delay opened, changed or lifted; forecast and provisional years; due dates of unfinished steps;
    the start in the employee file; `start_forecast_changed` or `start_forecast_restored`, of this interview's chain.
    """
    with transaction.atomic(savepoint=False):
        delayed = OnboardingDelay.objects.active().filter(case=OuterRef("pk"), interview=interview_id)
        waiting = OnboardingCase.waits_on.through.objects.filter(
            onboardingcase=OuterRef("pk"), interview=interview_id
        )
        cases = locking.cases(Q(Exists(waiting)) | Q(Exists(delayed)))
        if not cases:
            note(gettext_noop("No onboarding case waits on this interview."))
            return
        # Interviews are read after the cases are locked: whoever moves one meanwhile waits for them, then follows us.
        awaited = (interview for case in cases for interview in case.waits_on.all())
        interview = next((one for one in awaited if one.pk == interview_id), None)
        origin = interview or Interview.objects.get(pk=interview_id)
        counting = Counting()
        changed = [bring(case, counting=counting, origin=origin) for case in cases]
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


def refresh(*, limit: int = 1000) -> int:
    """Bring to the present what only time has moved: delays whose end nobody knows, or no longer knows.

    An interview that was not taken up again while one could return, an abandoned or a missed one: its result comes a
    working day from now at the earliest, and every day that is a later day. Announced when the date became unknown.
    In small sets, at most `limit` cases; safe to run twice. Returns how many cases changed.
    """
    counting = Counting()
    stands_still = Q(interview__state__in=(InterviewState.ABANDONED, InterviewState.MISSED)) | Q(
        interview__state=InterviewState.INTERRUPTED, interview__resume_until__lte=timezone.now()
    )
    stale = Q(date_unknown=False) | ~Q(expected_result=earliest_result(counting))
    delays = OnboardingDelay.objects.active().filter(stands_still, stale, case=OuterRef("pk"))
    cases = OnboardingCase.objects.running().filter(Exists(delays)).order_by("pk")
    ids = list(cases.values_list("pk", flat=True)[:limit])
    changed = 0
    for start in range(0, len(ids), REFRESHED_AT_ONCE):
        some = Q(pk__in=ids[start : start + REFRESHED_AT_ONCE], state__in=CaseState.running)
        with transaction.atomic():
            changed += sum(bring(case, counting=counting, drifting=True) for case in locking.cases(some))
    return changed


def bring(
    case: OnboardingCase,
    *,
    planned_start: date | None = None,
    counting: Counting | None = None,
    origin: Interview | None = None,
    by: str = "",
    drifting: bool = False,
) -> bool:
    """On a locked case: delays, forecast, due dates and file as its interviews' present states require.

    `planned_start` moves the plan first. A case that has started or was cancelled, or whose application has ended,
    holds no delay and keeps its last forecast: nobody is told that such a start is "back". Returns whether anything
    changed.
    """
    is_ahead = case.is_running and case.application.stage not in ApplicationStage.called_off
    counting = counting or Counting()
    replanned = planned_start is not None and planned_start != case.planned_start
    case.planned_start = planned_start or case.planned_start
    holds = {}
    if is_ahead:
        holds = {
            interview: hold
            for interview in case.waits_on.all()
            if (hold := hold_of(interview, counting)) is not None
        }
    active = {delay.interview_id: delay for delay in case.delays.all() if delay.is_active}
    was_unknown = any(delay.date_unknown for delay in active.values())
    moved = [
        _hold_up(case, interview, hold, active.pop(interview.pk, None)) for interview, hold in holds.items()
    ]
    for delay in active.values():
        delay.lifted_at = max(timezone.now(), delay.started_at)
        delay.save(update_fields=["lifted_at"])
        effect(delay, gettext_noop("Delay of the start lifted"))
    if is_ahead:
        found = Found(
            holds, counting, origin, lifted=bool(active), was_unknown=was_unknown, by=by, drifting=drifting
        )
        moved.append(bring_forecast(case, found, replanned=replanned))
    return any(moved) or bool(active)


def _hold_up(case: OnboardingCase, interview: Interview, hold: Hold, delay: OnboardingDelay | None) -> bool:
    """The one active delay of this interview, as `hold` says; whether anything changed."""
    wanted = {
        "days": hold.days,
        "cause": cause_of(case, interview),
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
