"""What is said of a follow-up: who is to be called, and that the call is late."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from notifications import faces
from notifications.enums import Audience
from notifications.rendering import render
from notifications.validity import stays_true, while_interview

FAMILY = "follow_up"

FOLLOW_UP = MessageKind(
    code="follow_up",
    title=_("Candidate to be called"),
    audiences=(Audience.SPECIALIST,),
    words=render,
    holds=stays_true,
    family=FAMILY,
    face=faces.follow_up,
    press=faces.take_follow_up,
)
ASKED = MessageKind(
    code="asked",
    title=_("Candidate asks for contact"),
    audiences=(Audience.SPECIALIST,),
    words=render,
    holds=stays_true,
    family=FAMILY,
    face=faces.follow_up,
    press=faces.take_follow_up,
)
CALL = MessageKind(
    code="call_instead",
    title=_("To be told by phone"),
    audiences=(Audience.SPECIALIST,),
    words=render,
    holds=stays_true,
    family=FAMILY,
    face=faces.follow_up,
    press=faces.take_follow_up,
)
DAY_OFF = MessageKind(
    code="window_on_day_off",
    title=_("Window on a new day off"),
    audiences=(Audience.SPECIALIST,),
    words=render,
    holds=stays_true,
    family=FAMILY,
    face=faces.follow_up,
    press=faces.take_follow_up,
    waits_at_night=True,
)
COLLEAGUE = MessageKind(
    code="follow_up_colleague",
    title=_("Call running late"),
    audiences=(Audience.SPECIALIST,),
    words=render,
    holds=stays_true,
    family=FAMILY,
    face=faces.follow_up,
    press=faces.take_follow_up,
)
LATE = MessageKind(
    code="follow_up_late",
    title=_("Promised call overdue"),
    audiences=(Audience.CANDIDATE, Audience.LEAD),
    words=render,
    holds=while_interview(),
    family=FAMILY,
    face=faces.follow_up,
    press=faces.take_follow_up,
)

KINDS = (FOLLOW_UP, ASKED, CALL, DAY_OFF, COLLEAGUE, LATE)
