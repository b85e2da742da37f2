"""What candidates had to be told and do not know: which messages these are, and that somebody has seen to them."""

from collections.abc import Collection

from messaging.enums import Settled
from messaging.models import Message
from messaging.models.messages import MessageQuerySet
from messaging.services import messages
from recruitment.enums import Outcome
from recruitment.models import Candidate, Interview

INTERVIEW = Interview._meta.label_lower
CANDIDATE = Candidate._meta.label_lower
# What a person's word that ends a follow-up says of the messages that it stood for.
SETTLED_BY = {
    Outcome.REACHED: Settled.CALLED,
    Outcome.WITHDRAWN: Settled.CALLED,
    Outcome.UNREACHABLE: Settled.UNREACHABLE,
}


def not_told() -> "MessageQuerySet":
    """What candidates had to be told about an interview and do not know, and waits for a person to tell them."""
    waiting = Message.objects.not_told()
    return waiting.filter(origin_type=INTERVIEW, addressee_type=CANDIDATE)


def not_told_of(interview_ids: Collection[int]) -> list[Message]:
    """`not_told` of these interviews, oldest first, with what is read of their deliveries. One query."""
    return list(not_told().filter(origin_id__in=interview_ids).with_telling().order_by("pk"))


def interview_of(message_id: int) -> int | None:
    """The interview about which a candidate was written to; None for a message to somebody else."""
    found = Message.objects.filter(pk=message_id, origin_type=INTERVIEW, addressee_type=CANDIDATE)
    return found.values_list("origin_id", flat=True).first()


def settle(*, interview_id: int, how: Settled) -> int:
    """A person spoke to the candidate, or tried in vain: what they do not know is seen to by that."""
    waiting = not_told().filter(origin_id=interview_id).values_list("pk", flat=True)
    return messages.settle(list(waiting), how)
