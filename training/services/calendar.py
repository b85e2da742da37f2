"""Due dates after the working calendar changed, in sets."""

from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from core.bulk import update_rows
from core.events.reading import reading_once
from people.actors import Party
from training.due import due_dates
from training.enums import ItemState
from training.models import PlanItem, TrainingPlan
from training.services.items import Changes
from training.services.plans import announce_all

RECOUNT = "training.recount"


def counted_again(year: int) -> "QuerySet[TrainingPlan]":
    """What is gone through when the calendar of a year was loaded or edited: every plan that is not closed."""
    return TrainingPlan.objects.active()


def recount(*, year: int, ids: list[int]) -> None:
    """Bring the due dates of these plans that were counted through `year` to what its calendar says now.

    Effects in order: due dates and provisional years; the plans' versions; `training_plan_changed` of each whose dates
    moved. As many statements for a thousand plans as for one, but for the chains of those that changed.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    through_the_year = (
        PlanItem.objects.planned()
        .filter(plan__in=ids, plan__application__planned_start__isnull=False, due_on__isnull=False)
        .annotate(
            starts=Least("due_on", F("plan__application__planned_start")),
            ends=Greatest("due_on", F("plan__application__planned_start")),
        )
        .filter(starts__lte=last, ends__gte=first)
    )
    touched = set(through_the_year.values_list("plan", flat=True))
    plans = list(
        TrainingPlan.objects.active()
        .filter(pk__in=touched)
        .select_for_update(of=("self",))
        .select_related("application")
        .order_by("pk")
    )
    if not plans:
        return
    changes = _recounted(plans)
    now = timezone.now()
    moved = [plan for plan in plans if changes.get(plan.pk)]
    for plan in moved:
        plan.version, plan.generated_at = plan.version + 1, now
    update_rows(moved, ["version", "generated_at"])
    announce_all([(plan, changes[plan.pk], None) for plan in moved], Party.SYSTEM)


def _recounted(plans: list[TrainingPlan]) -> dict[int, Changes]:
    """The planned items of locked plans with the due dates of today's calendar, written; what changed, by plan."""
    of_plans = Q(plan__in=plans, state=ItemState.PLANNED)
    items = list(PlanItem.objects.select_for_update(of=("self",)).filter(of_plans).order_by("pk"))
    starts = {plan.pk: plan.application.planned_start for plan in plans}
    changes: dict[int, Changes] = {}
    with reading_once():
        due = {
            start: due_dates(start, {item.offset_working_days for item in items})
            for start in sorted({start for start in starts.values() if start is not None})
        }
    for item in items:
        start = starts[item.plan_id]
        counted = due[start][item.offset_working_days] if start is not None else None
        if counted is None:
            continue
        years = list(counted.provisional_years)
        if (item.due_on, item.provisional_years) != (counted.date, years):
            item.due_on, item.provisional_years = counted.date, years
            changes.setdefault(item.plan_id, Changes()).updated.append(item)
    update_rows(
        [item for change in changes.values() for item in change.updated], ["due_on", "provisional_years"]
    )
    return changes
