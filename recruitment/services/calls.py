"""Call instead: what a candidate had to be told and no channel took is told by a person."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext_noop

from core.events import effect, note
from core.events.running import shared_step
from core.jobs.sets import each
from messaging import kinds
from messaging.enums import DeliveryState, MessageState, Settled
from messaging.models import Delivery, Message
from messaging.services import messages
from people.actors import Party
from recruitment.enums import FollowUpKind, FollowUpState, InterviewState, Outcome
from recruitment.models import FollowUp, Interview
from recruitment.services import follow_ups, locking
from recruitment.services.untold import CANDIDATE, interview_of, not_told

# What is about to happen is told before it does, but nobody is asked to call within less than this.
AT_LEAST = timedelta(hours=1)
# A mail server that asks an unknown sender to come again does so for minutes; what it has not taken by then is told.
CALL_AFTER = timedelta(minutes=15)


# The next try of a message lies so far off that somebody calls before it.
_SHUT_FOR_LONG = Delivery.objects.filter(
    message=OuterRef("pk"), state=DeliveryState.PENDING, due_at__gte=OuterRef("refused_at") + CALL_AFTER
)


def align_of_message(*, message_id: int) -> None:
    """`align` for the interview about which a candidate was written to; colleagues are called by nobody."""
    interview_id = interview_of(message_id)
    if interview_id is None:
        note("nothing to do")
        return
    align(interview_id=interview_id)


def align(*, interview_id: int) -> None:
    """Bring the follow-up "call instead" to what became of the candidate's messages.

    What is not true any more, or was told by a later message, needs no call. Anything else that reached nobody, that no
    channel has taken for a quarter of an hour, or that waits for one that is shut for longer (a limit of the day): one
    unfinished follow-up of the interview, of whatever kind, whose
    call says it; one of kind `call` is opened where there is none. Nothing left to say: the one of kind `call` is
    closed as told another way.
    """
    with shared_step():
        interview = locking.interview(interview_id)
        waiting = _still_to_be_told(interview)
        unfinished = list(
            FollowUp.objects.select_for_update()
            .filter(interview=interview, state__in=FollowUpState.unfinished)
            .exclude(kind__in=FollowUpKind.unpromised)
            .order_by("pk")
        )
        call = next((row for row in unfinished if row.kind == FollowUpKind.CALL), None)
        if not unfinished and _is_one_to_be_called(waiting):
            opened = follow_ups.open_one(interview, kind=FollowUpKind.CALL, due_at=_due(interview))
            effect(opened, gettext_noop("Follow-up opened"))
        elif not waiting and call is not None and not _is_tried_again(interview):
            call.interview = interview
            follow_ups.close_one(call, outcome=Outcome.TOLD, by=Party.SYSTEM)
            effect(call, gettext_noop("Follow-up closed: %(outcome)s"), outcome=str(call.outcome))
        else:
            note("nothing to do")


def watch(*, limit: int = 200) -> int:
    """The net below the event: every interview with something untold that nobody is to call about, and every call that
    may not be needed any more. Safe to run twice. Returns how many were looked at.
    """
    unfinished = FollowUp.objects.filter(state__in=FollowUpState.unfinished).exclude(
        kind__in=FollowUpKind.unpromised
    )
    nobody_calls = ~Exists(unfinished.filter(interview=OuterRef("origin_id")))
    owed = (
        not_told()
        .filter(_needs_a_call())
        .filter(nobody_calls)
        .order_by("pk")
        .values_list("origin_id", flat=True)
    )
    standing = unfinished.filter(kind=FollowUpKind.CALL).order_by("pk").values_list("interview_id", flat=True)
    found = sorted({*owed[:limit], *standing[:limit]})
    return each(found, _look_at, what="untold of interview")


def _look_at(interview_id: int) -> int:
    align(interview_id=interview_id)
    return 1


def _still_to_be_told(interview: Interview) -> list[Message]:
    """What they do not know and has to be said; the rest is settled on the way."""
    waiting = list(not_told().filter(origin_id=interview.pk).order_by("pk"))
    # Of two that say the same about the same row the newer is what is true now.
    newest = {(message.kind, message.topic): message.pk for message in waiting}
    untrue = {
        message.pk
        for message in waiting
        if newest[message.kind, message.topic] != message.pk or not kinds.kind(message.kind).holds(message)
    }
    later = {message.pk for message in waiting if message.pk not in untrue and _was_told_later(message)}
    messages.settle(untrue, Settled.OVERTAKEN)
    messages.settle(later, Settled.LATER)
    return [message for message in waiting if message.pk not in untrue | later]


def _needs_a_call() -> Combinable:
    """Of messages: nothing but a call is left, or no channel has taken it for so long, or takes it before then."""
    refused_long_ago = Q(refused_at__lte=timezone.now() - CALL_AFTER)
    return Q(state=MessageState.FAILED) | refused_long_ago | Exists(_SHUT_FOR_LONG)


def _is_one_to_be_called(waiting: list[Message]) -> bool:
    them = Message.objects.filter(pk__in=[message.pk for message in waiting])
    return bool(waiting) and them.filter(_needs_a_call()).exists()


def _was_told_later(message: Message) -> bool:
    """Whether a later message of the same kind, about the same row, was sent to the same person."""
    return (
        Message.objects.filter(pk__gt=message.pk, kind=message.kind, state=MessageState.ACCEPTED)
        .filter(topic_type=message.topic_type, topic_id=message.topic_id)
        .filter(addressee_type=message.addressee_type, addressee_id=message.addressee_id)
        .exists()
    )


def _is_tried_again(interview: Interview) -> bool:
    """Whether something that reached nobody goes out once more: until it has arrived, the call stays."""
    theirs = Message.objects.belonging_to(interview).filter(addressee_type=CANDIDATE)
    waiting = (MessageState.PLANNED, MessageState.SENDING)
    return theirs.filter(state__in=waiting, deliveries__seq__gt=1).exists()


def _due(interview: Interview) -> datetime:
    """Within a day, and before the window that the candidate does not know of opens."""
    now = timezone.now()
    due = now + follow_ups.PROMISED_WITHIN
    if interview.state == InterviewState.SCHEDULED and interview.window_opens_at > now:
        due = min(due, interview.window_opens_at)
    return max(due, now + AT_LEAST)
