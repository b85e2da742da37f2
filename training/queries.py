"""Reads: what of training a person may see, and what other reads of the house ask."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from core.persons import Records
from people.models import User
from recruitment.models import Application, Assessment, Interview
from recruitment.standing import application_of_assessment
from training.models import Course, TrainingPlan


def plans_for(user: User | AnonymousUser) -> QuerySet[TrainingPlan]:
    """The plans this person may see, with their live items. A constant number of queries."""
    return TrainingPlan.objects.visible_to(user).with_items()


def plan_ids(*, application_ids: Iterable[int]) -> dict[int, int]:
    """The plan's id by application, where there is one. One query."""
    return dict(TrainingPlan.objects.filter(application__in=application_ids).values_list("application", "pk"))


def also_looked_at(known: Records) -> Records:
    """The plans, a look at which concerns the person of these applications. One query."""
    applications = known.get(Application._meta.label_lower, ())
    return {TrainingPlan._meta.label_lower: list(plan_ids(application_ids=applications).values())}


def application_of(subject_type: str, subject_id: int) -> int | None:
    """The application that an event's subject belongs to; None when the row is gone."""
    if subject_type == Assessment._meta.label_lower:
        return application_of_assessment(subject_id)
    if subject_type == Interview._meta.label_lower:
        return Interview.objects.filter(pk=subject_id).values_list("application", flat=True).first()
    return subject_id


def offered_courses(*, skill_ids: Iterable[int]) -> list[Course]:
    """The courses and diagnostics that plans may choose for these skills."""
    return list(Course.objects.offered().filter(skill__in=skill_ids).order_by("code"))
