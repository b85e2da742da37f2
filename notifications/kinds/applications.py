"""What is said of an application: that it is here, its report, its invitation, and an invitation that is late."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from messaging.models import Message
from notifications.enums import Audience
from notifications.rendering import render
from notifications.validity import stays_true, while_interview
from recruitment.enums import ApplicationStage
from recruitment.models import Application

INVITATION = "invitation"


def _goes_on(message: Message) -> bool:
    """The application that it is about has not ended."""
    if message.topic_id is None:
        return False
    return Application.objects.filter(pk=message.topic_id).exclude(stage__in=ApplicationStage.ended).exists()


RECEIVED = MessageKind(
    code="application_received",
    title=_("Application received"),
    audiences=(Audience.CANDIDATE,),
    words=render,
    holds=_goes_on,
    family=None,
)
EVALUATED = MessageKind(
    code="evaluated",
    title=_("Evaluation finished"),
    audiences=(Audience.CANDIDATE, Audience.MANAGER),
    words=render,
    holds=while_interview(application_goes_on=True),
    family=None,
)
SECOND_ROUND = MessageKind(
    code="second_round",
    title=_("Second-round notice"),
    audiences=(Audience.CANDIDATE, Audience.MANAGER),
    words=render,
    holds=while_interview(application_goes_on=True),
    family=INVITATION,
)
INVITATION_OVERDUE = MessageKind(
    code="invitation_overdue",
    title=_("Invitation overdue"),
    audiences=(Audience.SPECIALIST, Audience.LEAD),
    words=render,
    holds=stays_true,
    family=None,
)

KINDS = (RECEIVED, EVALUATED, SECOND_ROUND, INVITATION_OVERDUE)
