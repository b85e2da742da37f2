"""What a colleague's message says of the candidate's: read from the deliveries when it goes out."""

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from messaging.kinds import Placeholder
from messaging.models import Message
from messaging.told import NOT_TOLD, Told, telling_now
from notifications.enums import Audience
from recruitment import telling
from recruitment.models import Candidate

# What is said of these may be otherwise a moment later.
NOT_OVER = (Told.ON_ITS_WAY, Told.TRYING, Told.NOT_YET, Told.LATER)
CANDIDATE = Candidate._meta.label_lower
# They call; anybody else is told that somebody will, and needs no number.
CALLERS = (Audience.SPECIALIST, Audience.LEAD)


def candidates_message(message: Message) -> Message | None:
    """What the candidate is told of the same event, else the newest that they are told of the same interview."""
    origin = {"origin_type": message.origin_type, "origin_id": message.origin_id}
    theirs = Message.objects.filter(**origin, addressee_type=CANDIDATE).with_telling().order_by("-pk")
    same = theirs.filter(event=message.event_id).first() if message.event_id else None
    # Of an application without an interview the event alone says which belong together.
    return same or (theirs.first() if message.origin_id is not None else None)


def _sentence(message: Message) -> str:
    theirs = candidates_message(message)
    whom = theirs.addressee_id if theirs is not None else None
    candidate = Candidate.objects.filter(pk=whom).first() if whom is not None else None
    with translation.override(message.language):
        if theirs is None or candidate is None:
            return _("No message to the candidate came of this.")
        found = telling_now(theirs)
        if found.state in NOT_TOLD and message.audience not in CALLERS:
            return _("The candidate has not been told yet (%(told)s); a recruiter will call.") % {
                "told": found
            }
        said = telling.words(theirs, candidate)
        if found.state not in NOT_OVER:
            return said
        # It stands there when that is over, too: what says when it was true stays true.
        return _("As of %(at)s: %(said)s") % {
            "at": date_format(timezone.localtime(), "n-j H:i"),
            "said": said,
        }


CANDIDATE_TOLD = Placeholder(
    mark="{candidate_told}",
    shown=lambda: _("[What became of the message to the candidate is filled in when this goes out.]"),
    fill=_sentence,
    is_kept=True,
)
