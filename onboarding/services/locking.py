"""Taking hold of onboarding's rows in the one order: interviews before cases, a case before its other rows."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from onboarding.models import OnboardingCase
from recruitment.models import Application, Interview


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


def cases(condition: Q) -> list[OnboardingCase]:
    """The cases under their row locks, in order, with the rows that their delays and dates follow from.

    A constant number of queries. What is read with them is read after the locks, so it is as fresh as they are.
    """
    return list(
        OnboardingCase.objects.select_for_update(of=("self",))
        .filter(condition)
        .select_related("employee", "application")
        .prefetch_related("waits_on__exits", "delays", "steps")
        .order_by("pk")
    )


def case(case_id: int) -> OnboardingCase:
    """One case as `cases` answers it. Raises NotFound("case_unknown")."""
    for found in cases(Q(pk=case_id)):
        return found
    raise NotFound("case_unknown", _("There is no such onboarding case."))
