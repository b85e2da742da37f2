"""Who is told when something happens. Each brings the messages to what the subject's present state requires."""

from django.utils.translation import gettext_lazy as _

from core.events import titled
from core.events.models import Event
from notifications.audiences import CANDIDATE, STAFF
from notifications.services import telling


@titled(_("Message to the candidate"))
def tell_candidate(event: Event) -> None:
    """The candidate's messages about the event's subject."""
    telling.tell(event, CANDIDATE)


@titled(_("Messages to colleagues"))
def tell_staff(event: Event) -> None:
    """The messages to specialists, manager and lead about the event's subject."""
    telling.tell(event, STAFF)


@titled(_("Interview guide"))
def align_guide(event: Event) -> None:
    """The guide for the interview's present window."""
    telling.guide(event)
