"""What is said of a start date that moves, and of one that is back."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from notifications.enums import Audience
from notifications.rendering import render
from notifications.validity import while_interview

FAMILY = "start"

CHANGED = MessageKind(
    code="start_changed",
    title=_("Start date at risk"),
    audiences=(Audience.CANDIDATE, Audience.ONBOARDING, Audience.MANAGER),
    words=render,
    holds=while_interview(application_goes_on=True),
    family=FAMILY,
)
RESTORED = MessageKind(
    code="start_restored",
    title=_("Start date restored"),
    audiences=(Audience.CANDIDATE, Audience.ONBOARDING, Audience.MANAGER),
    words=render,
    holds=while_interview(application_goes_on=True),
    family=FAMILY,
)

KINDS = (CHANGED, RESTORED)
