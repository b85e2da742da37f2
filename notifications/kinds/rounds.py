"""What is said of rounds that people hold: to interviewers, of the cards they owe, and shortly before to everybody."""

from django.utils.translation import gettext_lazy as _

from messaging.kinds import MessageKind
from messaging.models import Message
from notifications import faces
from notifications.calendars import of_round
from notifications.enums import Audience
from notifications.kinds.interviews import FAMILY
from notifications.rendering import render
from recruitment.enums import InterviewState
from recruitment.models import Interview, Scorecard


def _is_booked(message: Message) -> bool:
    cards = Scorecard.objects.filter(round__interview=message.origin_id, is_booked=True)
    return cards.filter(interviewer=message.user_id).exists()


def _is_off(message: Message) -> bool:
    return not _is_booked(message)


def _is_ahead(message: Message) -> bool:
    there = Interview.objects.filter(pk=message.origin_id, state=InterviewState.SCHEDULED)
    return there.exists() and (message.audience == Audience.CANDIDATE or _is_booked(message))


def _is_owed(message: Message) -> bool:
    owed = Scorecard.objects.owed().filter(round__interview=message.origin_id)
    return (
        owed.filter(interviewer=message.user_id) if message.audience == Audience.INTERVIEWER else owed
    ).exists()


ROUND = MessageKind(
    code="round",
    title=_("Round to hold"),
    audiences=(Audience.INTERVIEWER,),
    words=render,
    holds=_is_booked,
    family=FAMILY,
    attached=of_round,
)
ROUND_OFF = MessageKind(
    code="round_off",
    title=_("Round called off"),
    audiences=(Audience.INTERVIEWER,),
    words=render,
    holds=_is_off,
    family=FAMILY,
    attached=of_round,
)
ROUND_REMINDER = MessageKind(
    code="round_reminder",
    title=_("Reminder of a round"),
    audiences=(Audience.CANDIDATE, Audience.INTERVIEWER),
    words=render,
    holds=_is_ahead,
    family="round_reminder",
)
CARD_DUE = MessageKind(
    code="card_due",
    title=_("Scorecard owed"),
    audiences=(Audience.INTERVIEWER,),
    words=render,
    holds=_is_owed,
    family="card",
    waits_at_night=True,
    face=faces.scorecard,
)
CARD_LATE = MessageKind(
    code="card_late",
    title=_("Scorecard is late"),
    audiences=(Audience.SPECIALIST,),
    words=render,
    holds=_is_owed,
    family="card",
    waits_at_night=True,
)

KINDS = (ROUND, ROUND_OFF, ROUND_REMINDER, CARD_DUE, CARD_LATE)
