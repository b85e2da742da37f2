"""What is said of a training plan."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from notifications.enums import Audience
from notifications.rendering import render
from notifications.validity import stays_true

FAMILY = "plan"

CHANGED = MessageKind(
    code="training_plan_changed",
    title=_("Training plan changed"),
    audiences=(Audience.TRAINING,),
    words=render,
    holds=stays_true,
    family=FAMILY,
)

KINDS = (CHANGED,)
