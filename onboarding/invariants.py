"""What onboarding promises about its own data."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.checks.declaring import Found, Invariant
from onboarding.counting import Counting
from onboarding.enums import CaseState
from onboarding.models import EmployeeIdentity, OnboardingCase, OnboardingDelay
from onboarding.services import cases, delays, locking
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Application

# What follows from a step has followed by then.
DONE_WITHIN = timedelta(minutes=15)
LOOKED_BACK = timedelta(days=400)


def delayed_for_nothing() -> QuerySet[OnboardingDelay]:
    """Active delays whose case runs no more, or whose interview is over and holds nothing up."""
    over = (InterviewState.IN_PROGRESS, InterviewState.COMPLETED, InterviewState.CANCELLED)
    return OnboardingDelay.objects.active().filter(
        ~Q(case__state__in=CaseState.running) | Q(interview__state__in=over),
        started_at__lt=Now() - DONE_WITHIN,
    )


def _align(key: int) -> None:
    delays.align(interview_id=OnboardingDelay.objects.values_list("interview", flat=True).get(pk=key))


def miscounted() -> Iterator[Found]:
    """Cases ahead whose forecast is not the planned start moved on by the longest active delay."""
    counting = Counting()
    longest = (
        OnboardingDelay.objects.active().filter(case=OuterRef("pk")).order_by("-days").values("days")[:1]
    )
    rows = OnboardingCase.objects.running().annotate(longest=Subquery(longest)).order_by("pk")
    for row in rows.only("planned_start", "forecast_start").iterator():
        if row.forecast_start != counting.add(row.planned_start, row.longest or 0).date:
            yield Found(OnboardingCase._meta.label_lower, row.pk)


def _count_again(key: int) -> None:
    delays.bring(locking.case(key), counting=Counting())


def hired_without_case() -> QuerySet[Application]:
    """Hired in the last year with a day to start on, and no start is being prepared for this person."""
    prepared = OnboardingCase.objects.exclude(state=CaseState.CANCELLED).values("application__candidate")
    return Application.objects.filter(
        stage=ApplicationStage.HIRED,
        stage_since__gte=timezone.now() - LOOKED_BACK,
        stage_since__lt=timezone.now() - DONE_WITHIN,
        planned_start__isnull=False,
    ).exclude(candidate__in=prepared)


def with_two_files() -> QuerySet[OnboardingCase]:
    """Cases of a person for whom several employee files are being prepared or kept."""
    several = (
        OnboardingCase.objects.exclude(state=CaseState.CANCELLED)
        .order_by()
        .values("application__candidate")
        .annotate(files=Count("employee", distinct=True))
        .filter(files__gt=1)
    )
    return OnboardingCase.objects.exclude(state=CaseState.CANCELLED).filter(
        application__candidate__in=several.values("application__candidate")
    )


INVARIANTS = [
    Invariant(
        code="onboarding.delay",
        title=_("A start is delayed only as long as an interview holds it up."),
        advice=_("Mending it lifts the delay and counts the start again."),
        rows=delayed_for_nothing,
        repair=_align,
    ),
    Invariant(
        code="onboarding.forecast",
        title=_("The expected start is the planned one moved on by the longest delay."),
        advice=_("Mending it counts again: the new day is told to whom it concerns."),
        look=miscounted,
        repair=_count_again,
    ),
    Invariant(
        code="onboarding.hired",
        title=_("For everybody who is hired with a day to start on, the start is being prepared."),
        advice=_("Mending it opens the onboarding case."),
        rows=hired_without_case,
        repair=lambda key: cases.align_with_application(application_id=key),
    ),
    Invariant(
        code="onboarding.identity",
        title=_("The number of an identity document stands in one employee file."),
        advice=_("Compare both with the documents, and correct the one that was mistyped."),
        rows=EmployeeIdentity.objects.twice,
    ),
    Invariant(
        code="onboarding.one_file",
        title=_("A person has one employee file."),
        advice=_("Open the cases, keep the file that is used, and cancel the start of the other."),
        rows=with_two_files,
    ),
]
