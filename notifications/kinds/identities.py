"""What is asked of a hire before the first day: identity document and home address, once and once more."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from messaging.models import Message
from notifications.enums import Audience
from notifications.rendering import render
from onboarding.models import OnboardingCase

FAMILY = "identity"


def _is_owed(message: Message) -> bool:
    return OnboardingCase.objects.owing_identity().filter(pk=message.topic_id).exists()


ASKED = MessageKind(
    code="identity_asked",
    title=_("Identity document asked for"),
    audiences=(Audience.CANDIDATE,),
    words=render,
    holds=_is_owed,
    family=FAMILY,
    waits_at_night=True,
)
REMINDED = MessageKind(
    code="identity_reminder",
    title=_("Identity document still missing"),
    audiences=(Audience.CANDIDATE,),
    words=render,
    holds=_is_owed,
    family=FAMILY,
    waits_at_night=True,
)

KINDS = (ASKED, REMINDED)
