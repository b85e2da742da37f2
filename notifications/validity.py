"""How long what a message says is true, asked in the moment in which it would go out."""

from collections.abc import Callable

from messaging.models import Message
from notifications import facts
from notifications.enums import Audience
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Application, Interview

Holds = Callable[[Message], bool]
INTERVIEW = Interview._meta.label_lower


def stays_true(message: Message) -> bool:
    """It happened, and whoever hears it may hear it later."""
    return True


def while_interview(
    *states: InterviewState, application_goes_on: bool = False, asks_back: bool = False
) -> Holds:
    """True for a candidate while the interview is in one of the states (none: in any); colleagues hear what happened.

    `application_goes_on`: what comes next of an application is true of one that goes on. `asks_back`: nobody who told a
    colleague that they withdraw is asked to come back.
    """

    def holds(message: Message) -> bool:
        if message.audience != Audience.CANDIDATE or message.origin_type != INTERVIEW:
            return True
        there = Interview.objects.filter(pk=message.origin_id)
        if states:
            there = there.filter(state__in=states)
        if application_goes_on:
            there = there.exclude(application__stage__in=ApplicationStage.called_off)
        if asks_back:
            there = there.filter(~facts.withdrew())
        return there.exists()

    return holds


def while_application(*stages: str) -> Holds:
    """True for everybody while the application that it is about stands at one of these stages."""

    def holds(message: Message) -> bool:
        return Application.objects.filter(pk=message.topic_id, stage__in=stages).exists()

    return holds
