"""Reads: what of training a person may see, and what other reads of the house ask."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from people.models import User
from recruitment.models import Assessment, Interview
from training.due import due_dates
from training.enums import ItemState
from training.models import Course, PlanItem, TrainingPlan


def plans_for(user: User | AnonymousUser) -> QuerySet[TrainingPlan]:
    """The plans this person may see, with their live items. A constant number of queries."""
    return TrainingPlan.objects.visible_to(user).with_items()


def plan_of(*, application_id: int) -> TrainingPlan | None:
    """The plan of one application with its live items; None when there is none."""
    return TrainingPlan.objects.with_items().filter(application=application_id).first()


def plan_ids(*, application_ids: Iterable[int]) -> dict[int, int]:
    """The plan's id by application, where there is one. One query."""
    return dict(TrainingPlan.objects.filter(application__in=application_ids).values_list("application", "pk"))


def due_if_started(plan: TrainingPlan, start: date) -> dict[int, date]:
    """When the plan's planned items would be due if the work began on `start` (a shifted forecast): item → date."""
    items = list(PlanItem.objects.filter(plan=plan, state=ItemState.PLANNED))
    dates = due_dates(start, (item.offset_working_days for item in items))
    found = {item.pk: dates[item.offset_working_days] for item in items}
    return {pk: due.date for pk, due in found.items() if due is not None}


def application_of(subject_type: str, subject_id: int) -> int | None:
    """The application that an event's subject belongs to; None when the row is gone."""
    if subject_type == Assessment._meta.label_lower:
        rows = Assessment.objects.filter(pk=subject_id).values_list("interview__application", flat=True)
        return rows.first()
    if subject_type == Interview._meta.label_lower:
        return Interview.objects.filter(pk=subject_id).values_list("application", flat=True).first()
    return subject_id


def offered_courses(*, skill_ids: Iterable[int]) -> list[Course]:
    """The courses and diagnostics that plans may choose for these skills."""
    return list(Course.objects.offered().filter(skill__in=skill_ids).order_by("code"))
