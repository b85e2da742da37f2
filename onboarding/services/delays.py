"""How interviews hold starts up: the delays, the forecast and the due dates, always as the present state requires."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from core.events import note
from core.events.reading import held_row
from core.events.running import Left, leave, on_receipt_of, shared_step
from onboarding.counting import Counting, earliest_result, hold_of
from onboarding.enums import CaseState
from onboarding.models import OnboardingCase, OnboardingDelay, OnboardingStep
from onboarding.services import locking
from onboarding.services.forecasts import Follows, Why, tell, work_out, write
from recruitment.enums import InterviewState
from recruitment.models import Interview

RECOUNT = "onboarding.recount"
# Each set is one transaction: a chain that meets a case of it waits no longer than this few take.
REFRESHED_AT_ONCE = 20


def align(*, interview_id: int) -> None:
    """Bring every case that waits on the interview to what the interview's present state requires, with those of the
    whole chain.

    Effects in order: delay opened, changed or lifted; forecast and provisional years; due dates of unfinished steps;
    the start in the employee file; `start_forecast_changed` or `start_forecast_restored`, of this interview's chain.
    """
    leave(settle, interview_id)


def settle(left: list[Left]) -> None:
    """`align` for all of these: the same statements for many as for one."""
    with shared_step():
        counting = Counting()
        asked = {one.what: one.reaction for one in left}
        held = {pk: held_row(Interview, pk) for pk in asked}
        idle = {pk for pk, row in held.items() if row is not None and hold_of(row, counting) is None}
        if idle:
            delayed = OnboardingDelay.objects.active().filter(interview__in=idle)
            idle -= set(delayed.order_by().values_list("interview", flat=True))
        waking = sorted(asked.keys() - idle)
        cases = locking.cases_held_by(waking) if waking else []
        # Interviews are read after the cases are locked: whoever moves one meanwhile waits for them, then follows us.
        awaited = {row.pk: row for case in cases for row in case.waits_on.all()}
        origins = {pk: awaited.get(pk) or held[pk] for pk in waking}
        of_interview = {pk: [case for case in cases if _is_held_by(case, pk)] for pk in waking}
        missing = [pk for pk in waking if of_interview[pk] and origins[pk] is None]
        origins.update(Interview.objects.in_bulk(missing) if missing else {})
        follows = {
            case.pk: Follows(origins[pk], asked[pk]) for pk in reversed(waking) for case in of_interview[pk]
        }
        why = Why(counting, follows=follows)
        changed = {case.pk for case, moved in zip(cases, bring_all(cases, why), strict=True) if moved}
        for pk, reaction in asked.items():
            with on_receipt_of(reaction):
                if pk in idle:
                    note(gettext_noop("This interview holds no start up."))
                elif not of_interview[pk]:
                    note(gettext_noop("No onboarding case waits on this interview."))
                elif not any(case.pk in changed for case in of_interview[pk]):
                    note(gettext_noop("The onboarding case already stands as it should."))


def _is_held_by(case: OnboardingCase, interview_id: int) -> bool:
    waits = any(row.pk == interview_id for row in case.waits_on.all())
    return waits or any(delay.is_active and delay.interview_id == interview_id for delay in case.delays.all())


def counted_again(year: int) -> "QuerySet[OnboardingCase]":
    """What is gone through when the calendar of a year was loaded or edited: every case whose start lies ahead."""
    return OnboardingCase.objects.running()


def recount(*, year: int, ids: list[int]) -> None:
    """Count these cases again as far as their days lie in `year`, whose calendar was loaded or edited.

    Each question is asked of the calendar once; as many statements for two hundred as for one, but for the chains of
    those starts that moved.
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
    touched = counted_again(year).filter(in_year, pk__in=ids)
    bring_all(locking.cases(Q(pk__in=list(touched.values_list("pk", flat=True)))), Why(Counting()))


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
            changed += sum(bring_all(locking.cases(some), Why(counting, drifting=True)))
    return changed


def bring(
    case: OnboardingCase,
    *,
    planned_start: date | None = None,
    counting: Counting | None = None,
    origin: Interview | None = None,
    by: str = "",
) -> bool:
    """On a locked case: delays, forecast, due dates and file as its interviews' present states require.

    `planned_start` moves the plan first. A case that has started or was cancelled, or whose application has ended,
    holds no delay and keeps its last forecast: nobody is told that such a start is "back". Returns whether anything
    changed.
    """
    return bring_all([case], Why(counting or Counting(), origin, by), planned_start=planned_start)[0]


def bring_all(cases: list[OnboardingCase], why: Why, *, planned_start: date | None = None) -> list[bool]:
    """`bring` for many locked cases, written in sets."""
    outcomes = [work_out(case, why, planned_start) for case in cases]
    write(outcomes)
    tell(outcomes, why)
    return [bool(outcome) for outcome in outcomes]
