"""Sending what is due: claim, call the channel outside any transaction, write down the outcome."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from notifications import channels, facts, outbox
from notifications.channels import Outcome, Outgoing
from notifications.enums import Audience, Kind, MessageState
from notifications.models.messages import ROOM_LINK
from notifications.outbox import Claim
from notifications.routing import address
from people.actors import Party
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Interview
from recruitment.services import links

logger = logging.getLogger(__name__)

# What was promised within a minute does not wait longer for a shut channel where another is open.
PATIENCE_SECONDS = 60
# What a candidate reads is only true while the interview is where it was: told to return, one must be able to.
HOLDS_IN: dict[str, InterviewState] = {
    Kind.INTERRUPTED: InterviewState.INTERRUPTED,
    Kind.REMINDER: InterviewState.INTERRUPTED,
    Kind.GUIDE: InterviewState.SCHEDULED,
    Kind.SCHEDULED: InterviewState.SCHEDULED,
    Kind.RESCHEDULED: InterviewState.SCHEDULED,
}
# What comes next of an application is true of one that goes on.
HOLDS_WHILE_IT_GOES_ON = (Kind.EVALUATED, Kind.SECOND_ROUND, Kind.START_CHANGED, Kind.START_RESTORED)
# Nobody who told a colleague that they withdraw is asked to come back.
ASKS_BACK = (Kind.INTERRUPTED, Kind.REMINDER)


def deliver_due(limit: int = 50) -> int:
    """Send what is due, at most `limit`; returns how many were taken in hand, so that 0 means nothing is left.

    Several pumps share the work. A process that dies at any line loses nothing: what it held is due again after a
    minute, and where its call may have been made the next try says so.
    """
    outbox.reclaim()
    taken = 0
    while taken < limit and (claim := outbox.claim()):
        taken += 1
        send(claim)
    return taken


def send(claim: Claim) -> None:
    """One try: check that the message is still wanted, make the room link, call the channel, write down the outcome."""
    message = claim.message
    if message.expires_at is not None and message.expires_at <= timezone.now():
        outbox.overtake(claim, state=MessageState.EXPIRED, reason="expired")
        return
    if not _still_holds(claim):
        outbox.overtake(claim, state=MessageState.CANCELLED, reason="overtaken")
        return
    pause = outbox.pause_of(claim.channel)
    if pause is not None and not claim.is_unconfirmed:
        outbox.finish(claim, _paused(pause.until, pause.code))
        return
    try:
        body = _with_link(claim)
    except DomainError as error:
        outbox.overtake(claim, state=MessageState.CANCELLED, reason=f"link_{error.code}"[:60])
        return
    outbox.finish(claim, _call(claim, body))


def _still_holds(claim: Claim) -> bool:
    kind = claim.message.kind
    if claim.message.audience != Audience.CANDIDATE or claim.message.interview_id is None:
        return True
    there = Interview.objects.filter(pk=claim.message.interview_id)
    if kind in HOLDS_IN:
        there = there.filter(state=HOLDS_IN[kind])
    if kind in HOLDS_WHILE_IT_GOES_ON:
        there = there.exclude(application__stage__in=ApplicationStage.called_off)
    if kind in ASKS_BACK:
        there = there.filter(~facts.withdrew())
    return there.exists()


def _paused(until: datetime, code: str) -> Outcome:
    seconds = max(1, int((until - timezone.now()).total_seconds()))
    return Outcome(
        state="paused",
        code=code,
        retry_after_seconds=seconds,
        try_next_channel=seconds > PATIENCE_SECONDS,
        burns_attempt=False,
    )


def _with_link(claim: Claim) -> str:
    """The text to send. A room link is made for this try alone and never written down: only its hash is kept.

    For the candidate alone: what colleagues read quotes candidates, who may write whatever they like.
    """
    body = claim.message.body
    if (
        ROOM_LINK not in body
        or claim.message.interview_id is None
        or claim.message.audience != Audience.CANDIDATE
    ):
        return body
    with transaction.atomic(durable=True):
        token = links.mint(interview_id=claim.message.interview_id, by=Party.SYSTEM)
    return body.replace(ROOM_LINK, f"{settings.BASE_URL.rstrip('/')}/i/{token}")


def _call(claim: Claim, body: str) -> Outcome:
    outgoing = Outgoing(
        recipient_address=address(claim.person, claim.channel),
        subject=claim.message.subject,
        body=body,
        language=claim.message.language,
        provider_key=claim.provider_key,
        first_tried_at=claim.first_tried_at,
        attempt_number=claim.tries,
        unconfirmed=claim.is_unconfirmed,
    )
    try:
        return channels.channel(claim.channel).send(outgoing)
    except Exception as error:  # noqa: BLE001 -- a channel's own defect must not stop everybody else's messages
        # Neither the sentence nor the values: they may quote the address, the text or the link.
        logger.error("channel %s failed with %s", claim.channel, type(error).__name__)
        return Outcome(state="retry", code=type(error).__name__, unconfirmed=True)
