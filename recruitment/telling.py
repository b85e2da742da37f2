"""What a step's page may say of telling the candidate: never that somebody is told who cannot be."""

from django.utils.translation import gettext as _

from messaging.addressbook import entry_of
from messaging.routing import reaches
from recruitment.models import Candidate


def and_told(done: object, candidate: Candidate) -> str:
    """What was done, and whether a message to the candidate goes out or a person has to call."""
    if reaches(entry_of(candidate)):
        told = _("The message to the candidate is on its way.")
    elif candidate.phone:
        told = _("The candidate cannot be told by the system: call %(phone)s.") % {"phone": candidate.phone}
    else:
        told = _("The candidate cannot be told by the system, and no number is on file.")
    return f"{done} {told}"
