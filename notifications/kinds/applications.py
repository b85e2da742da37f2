"""What is said of an application: its report, its invitation, and an invitation that is late."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from notifications.enums import Audience
from notifications.rendering import render
from notifications.validity import stays_true, while_interview

INVITATION = "invitation"

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

KINDS = (EVALUATED, SECOND_ROUND, INVITATION_OVERDUE)
