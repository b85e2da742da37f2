"""What is said of a problem report: to whoever looks after it, that it is there; to whoever raised it, the answer."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from messaging.models import Message
from notifications.enums import Audience
from notifications.rendering import render
from notifications.validity import stays_true
from recruitment.enums import ProblemState
from recruitment.models import Problem

FAMILY = "problem"


def _waits(message: Message) -> bool:
    """Nobody has answered it yet."""
    if message.topic_id is None:
        return False
    return Problem.objects.filter(pk=message.topic_id, state__in=ProblemState.unfinished).exists()


REPORTED = MessageKind(
    code="problem",
    title=_("Problem reported"),
    audiences=(Audience.SPECIALIST, Audience.LEAD),
    words=render,
    holds=_waits,
    family=FAMILY,
    waits_at_night=True,
    # What a colleague writes may name anybody.
    names_others=True,
)
ANSWERED = MessageKind(
    code="problem_answered",
    title=_("Problem answered"),
    audiences=(Audience.CANDIDATE, Audience.COLLEAGUE),
    words=render,
    holds=stays_true,
    family=None,
    waits_at_night=True,
    # What a colleague writes may name anybody.
    names_others=True,
)

KINDS = (REPORTED, ANSWERED)
