"""What is said of a note about a candidate: that it names a colleague. What it says stands on the page alone."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from messaging.models import Message
from notifications.enums import Audience
from notifications.rendering import render
from recruitment.models import CandidateNote, NoteMention

FAMILY = "note"


def _is_unseen(message: Message) -> bool:
    """The colleague has not seen it, and may still read it."""
    if message.user is None or message.topic_id is None:
        return False
    if not CandidateNote.objects.visible_to(message.user).filter(pk=message.topic_id).exists():
        return False
    return NoteMention.objects.filter(note=message.topic_id, person=message.user_id, seen_at=None).exists()


NAMED = MessageKind(
    code="named_in_note",
    title=_("Named in a note"),
    audiences=(Audience.COLLEAGUE,),
    words=render,
    holds=_is_unseen,
    family=FAMILY,
    waits_at_night=True,
)

KINDS = (NAMED,)
