"""Taking hold of onboarding's rows in the one order: interviews before cases, a case before its other rows."""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.events.reading import once_in_sets
from onboarding.models import OnboardingCase, OnboardingDelay
from recruitment.models import Application, Interview, InterviewExit
from recruitment.queries import exits_of


def interviews(condition: Q) -> list[Interview]:
    """The interviews under their row locks, so that a case written now cannot miss a move that is under way:
    the move's own chain does not see the case yet."""
    return list(
        Interview.objects.select_for_update(of=("self",), no_key=True).filter(condition).order_by("pk")
    )


def application(application_id: int) -> Application:
    """The application under its row lock. Raises NotFound("application_unknown")."""
    found = (
        Application.objects.select_for_update(of=("self",))
        .select_related("candidate", "opening__department")
        .filter(pk=application_id)
        .first()
    )
    if found is None:
        raise NotFound("application_unknown", _("There is no such application."))
    return found


@once_in_sets
def case_of(application_ids: Collection[int]) -> dict[int, OnboardingCase | None]:
    """The application's case under its row lock, with its file and score; None while it has none."""
    rows = (
        OnboardingCase.objects.select_for_update(of=("self",))
        .select_related("employee__onboarding_score")
        .filter(application__in=application_ids)
        .order_by("pk")
    )
    return {**dict.fromkeys(application_ids), **{case.application_id: case for case in rows}}


def cases(condition: Q) -> list[OnboardingCase]:
    """The cases under their row locks, in order, with the rows that their delays and dates follow from.

    A constant number of queries. What is read with them is read after the locks, so it is as fresh as they are.
    """
    return list(_cases(condition).prefetch_related("waits_on__exits", "delays", "steps"))


def cases_held_by(interview_ids: Collection[int]) -> list[OnboardingCase]:
    """The cases that wait on one of these interviews or are held up by it, as `cases` answers them but for the exits,
    which the chain has read or will.
    """
    waiting = OnboardingCase.waits_on.through.objects.filter(interview__in=interview_ids)
    delayed = OnboardingDelay.objects.active().filter(interview__in=interview_ids)
    # Two indexed look-ups; one condition with OR over both would go through every case.
    ids = waiting.values("onboardingcase").union(delayed.order_by().values("case"))
    return list(_cases(Q(pk__in=ids)).prefetch_related("waits_on", "delays", "steps"))


def _cases(condition: Q) -> QuerySet[OnboardingCase]:
    return (
        OnboardingCase.objects.select_for_update(of=("self",))
        .filter(condition)
        .select_related("employee", "application")
        .order_by("pk")
    )


def exits(interview: Interview) -> list[InterviewExit]:
    """The exits of an interview of a locked case, the newest first."""
    if "exits" in getattr(interview, "_prefetched_objects_cache", {}):
        return list(interview.exits.all())
    return exits_of(interview.pk)


def case(case_id: int) -> OnboardingCase:
    """One case as `cases` answers it; what is done to it here is seen by who asks again. NotFound: case_unknown."""
    case_of.forget()
    for found in cases(Q(pk=case_id)):
        return found
    raise NotFound("case_unknown", _("There is no such onboarding case."))
