"""What a step's page says of telling the candidate: read from the message that came of it, not from what was meant."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from core import contacts
from core.admin.steps import Caution
from messaging.models import Message
from messaging.told import NOT_TOLD, telling_now
from recruitment.models import Candidate

# A step is over within this: what was written to the candidate since came of it.
JUST_NOW = timedelta(seconds=10)


def and_told(done: object, candidate: Candidate, *, since: datetime | None = None) -> str:
    """What was done, and what became of the message to the candidate: on its way, or whom to call instead.

    `since`: when the step was begun. A warning where somebody has to call.
    """
    begun = since or timezone.now() - JUST_NOW
    newest = (
        Message.objects.to(candidate).filter(created_at__gte=begun).with_telling().order_by("-pk").first()
    )
    gap = "" if str(done).endswith("。") else " "
    said = f"{done}{gap}{words(newest, candidate)}"
    return Caution(said) if newest is not None and telling_now(newest).state in NOT_TOLD else said


def words(message: Message | None, candidate: Candidate) -> str:
    """What became of the newest message to a candidate, with the number to call where it reached nobody."""
    if message is None:
        return _("No message to the candidate came of this.")
    telling = telling_now(message)
    if telling.state not in NOT_TOLD:
        return _("Message to the candidate: %(told)s.") % {"told": telling}
    if candidate.phone:
        asked = {"told": telling, "phone": contacts.shown(candidate.phone)}
        return _("The candidate has not been told (%(told)s): please call %(phone)s.") % asked
    return _("The candidate has not been told (%(told)s), and no number is on file.") % {"told": telling}
