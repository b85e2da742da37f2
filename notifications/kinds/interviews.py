"""What is said of an interview: that it is planned, how it goes, how it ended."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from notifications.calendars import of_round
from notifications.enums import Audience
from notifications.rendering import render
from notifications.validity import stays_true, while_interview
from recruitment.enums import InterviewState

FAMILY = "interview"

INTERRUPTED = MessageKind(
    code="interrupted",
    title=_("Interview interrupted"),
    audiences=(Audience.CANDIDATE, Audience.SPECIALIST, Audience.MANAGER),
    words=render,
    # Told to return, one must be able to.
    holds=while_interview(InterviewState.INTERRUPTED, asks_back=True),
    family=FAMILY,
    # At most one notice for each audience and interview in this time.
    joins_within=timedelta(minutes=30),
)
RESUMED = MessageKind(
    code="resumed",
    title=_("Candidate is back"),
    audiences=(Audience.SPECIALIST, Audience.MANAGER),
    words=render,
    holds=stays_true,
    family=FAMILY,
)
COMPLETED = MessageKind(
    code="completed",
    title=_("Interview completed"),
    audiences=(Audience.CANDIDATE,),
    words=render,
    holds=while_interview(InterviewState.COMPLETED),
    family=FAMILY,
)
SCHEDULED = MessageKind(
    code="scheduled",
    title=_("Interview scheduled"),
    audiences=(Audience.CANDIDATE,),
    words=render,
    attached=of_round,
    holds=while_interview(InterviewState.SCHEDULED),
    family=FAMILY,
)
RESCHEDULED = MessageKind(
    code="rescheduled",
    title=_("Interview rescheduled"),
    audiences=(Audience.CANDIDATE, Audience.SPECIALIST),
    words=render,
    attached=of_round,
    holds=while_interview(InterviewState.SCHEDULED),
    family=FAMILY,
)
ABANDONED = MessageKind(
    code="abandoned",
    title=_("Interview abandoned"),
    audiences=(Audience.CANDIDATE, Audience.SPECIALIST, Audience.MANAGER),
    words=render,
    holds=while_interview(InterviewState.ABANDONED),
    family=FAMILY,
)
MISSED = MessageKind(
    code="missed",
    title=_("Interview missed"),
    audiences=(Audience.CANDIDATE, Audience.SPECIALIST, Audience.MANAGER),
    words=render,
    holds=while_interview(InterviewState.MISSED),
    family=FAMILY,
)
CANCELLED = MessageKind(
    code="cancelled",
    title=_("Interview cancelled"),
    audiences=(Audience.CANDIDATE, Audience.SPECIALIST),
    words=render,
    attached=of_round,
    holds=while_interview(InterviewState.CANCELLED),
    family=FAMILY,
)
GUIDE = MessageKind(
    code="guide",
    title=_("Interview guide"),
    audiences=(Audience.CANDIDATE,),
    words=render,
    attached=of_round,
    holds=while_interview(InterviewState.SCHEDULED),
    family="guide",
)
REMINDER = MessageKind(
    code="reminder",
    title=_("Reminder to return"),
    audiences=(Audience.CANDIDATE,),
    words=render,
    holds=while_interview(InterviewState.INTERRUPTED, asks_back=True),
    family="reminder",
    waits_at_night=True,
)

KINDS = (
    INTERRUPTED, RESUMED, COMPLETED, SCHEDULED, RESCHEDULED, ABANDONED, MISSED, CANCELLED, GUIDE, REMINDER,
)  # fmt: skip
