"""Reads: what of onboarding a person may see, and what the floors above ask."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from onboarding.enums import CaseState
from onboarding.models import EmployeeIdentity, OnboardingCase
from people.models import User
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Application, Interview


def cases_for(user: User | AnonymousUser) -> QuerySet[OnboardingCase]:
    """The cases this person may see, with their steps, delays and people: a constant number of queries."""
    return OnboardingCase.objects.visible_to(user).with_rows()


def case_ids(*, application_ids: Iterable[int]) -> dict[int, int]:
    """The case's id by application, where there is one. One query."""
    return dict(
        OnboardingCase.objects.filter(application__in=application_ids).values_list("application", "pk")
    )


def case_asked(*, application_id: int) -> OnboardingCase | None:
    """The person's case that this application's link leads to, once the offer was accepted; with the file and what was
    given of identity document and address. One query.

    The person has one case, which may be that of another of their applications.
    """
    of_person = Application.objects.filter(pk=application_id).values("candidate")
    rows = OnboardingCase.objects.exclude(state=CaseState.CANCELLED).filter(
        application__candidate__in=of_person, application__stage=ApplicationStage.HIRED
    )
    return rows.select_related("employee__onboarding_identity", "application").order_by("pk").first()


def identities_of(cases: QuerySet[OnboardingCase]) -> list[int]:
    """What was given of identity document and address by the people of these cases. One query."""
    given = EmployeeIdentity.objects.filter(employee__in=cases.values("employee"))
    return list(given.order_by("pk").values_list("pk", flat=True))


def forecasts(*, application_ids: Iterable[int]) -> dict[int, date]:
    """When each application's person is expected to start, for running and started cases. One query."""
    cases = OnboardingCase.objects.filter(application__in=application_ids).exclude(state="cancelled")
    return {
        application: started or forecast
        for application, started, forecast in cases.values_list("application", "started_on", "forecast_start")
    }


def interviews_to_wait_on(*, application_id: int) -> QuerySet[Interview]:
    """The application's interviews that are not over: what a new case waits on."""
    over = (InterviewState.COMPLETED, InterviewState.CANCELLED)
    return Interview.objects.filter(application=application_id).exclude(state__in=over).order_by("pk")


def applications_without_case() -> QuerySet[Application]:
    """The running applications that have no case yet; the admin, which only HR enters, offers them."""
    return (
        Application.objects.exclude(stage__in=ApplicationStage.called_off)
        .filter(onboarding_case__isnull=True)
        .select_related("candidate", "opening")
    )
