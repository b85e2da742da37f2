"""What training does when something happens elsewhere: bring the plan to the application's present state."""

from django.utils.translation import gettext_lazy as _

from core.events import titled
from core.events.models import Event
from core.figures import Basis
from core.jobs import works
from recruitment.signals import assessment_issued
from training.queries import application_of
from training.services import calendar, plans


@titled(_("Training plan"))
def align_plan(event: Event) -> None:
    """Make, regenerate or close the plan of the application that the event belongs to."""
    application_id = application_of(event.subject_type, event.subject_id)
    if application_id is not None:
        is_issued = event.kind == assessment_issued.kind
        is_estimate = is_issued and event.facts.get("basis") == Basis.FALLBACK
        plans.follow(application_id=application_id, on_estimate=is_estimate, has_report=is_issued)


@titled(_("Due dates of courses"))
def count_due_dates(event: Event) -> None:
    """Count the due dates again that were counted through the year, as long work."""
    works.ask(calendar.RECOUNT, because_of=event)
