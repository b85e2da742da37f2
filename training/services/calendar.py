"""Due dates after the working calendar changed."""

from django.db.models import Q
from django.utils.translation import gettext_noop

from core.events import note
from people.models import CalendarYear
from training.enums import ItemState, PlanState
from training.models import PlanItem
from training.services.plans import align


def count_again(*, calendar_year_id: int) -> None:
    """Bring the due dates that were counted through a year of the calendar to what it says now."""
    year = CalendarYear.objects.filter(pk=calendar_year_id).values_list("year", flat=True).first()
    if year is None:
        return
    start = "plan__application__planned_start__year"
    through_the_year = Q(**{f"{start}__lte": year, "due_on__year__gte": year}) | Q(
        **{f"{start}__gte": year, "due_on__year__lte": year}
    )
    touched = PlanItem.objects.filter(through_the_year, state=ItemState.PLANNED, plan__state=PlanState.ACTIVE)
    for application_id in (
        touched.order_by("plan__application_id").values_list("plan__application", flat=True).distinct()
    ):
        align(application_id=application_id)
    note(gettext_noop("Due dates counted by the present calendar"))
