"""What training does when something happens elsewhere: bring the plan to the application's present state."""

from hrsuite.events.models import Event
from training.queries import application_of
from training.services import calendar, plans


def align_plan(event: Event) -> None:
    """Make, regenerate or close the plan of the application that the event belongs to."""
    application_id = application_of(event.subject_type, event.subject_id)
    if application_id is not None:
        plans.align(application_id=application_id)


def count_due_dates(event: Event) -> None:
    """Count the due dates again that lie in the year."""
    calendar.count_again(calendar_year_id=event.subject_id)
