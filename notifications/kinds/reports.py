"""What colleagues are sent of the reports: a kept view as its link alone, and the letter of the week."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from messaging.models import Message
from notifications.enums import Audience
from notifications.rendering import render
from people.rules import is_hr, is_lead, is_manager

# As whom somebody is sent something of the reports: asked again when it goes out.
_READS = {Audience.COLLEAGUE: is_hr, Audience.LEAD: is_lead, Audience.MANAGER: is_manager}


def _still_reads(message: Message) -> bool:
    """Whether the reader is still here and still may: figures and names are for nobody who left."""
    return message.user is not None and _READS[Audience(message.audience)](message.user)


VIEW = MessageKind(
    code="report_view",
    title=_("Report on schedule"),
    audiences=(Audience.COLLEAGUE,),
    words=render,
    holds=_still_reads,
    family=None,
    waits_at_night=True,
    names_others=True,
)
LETTER = MessageKind(
    code="weekly_letter",
    title=_("Weekly letter"),
    audiences=(Audience.LEAD, Audience.MANAGER),
    words=render,
    holds=_still_reads,
    family=None,
    waits_at_night=True,
    names_others=True,
)

KINDS = (VIEW, LETTER)
