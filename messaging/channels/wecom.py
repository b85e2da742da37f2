"""Messages into a colleague's WeCom: what each answer of WeCom means for the delivery."""

import logging
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from messaging import connected
from messaging.channels.base import (
    MEMBER_BUDGET,
    PATIENCE_SECONDS,
    Outcome,
    Outgoing,
    Shown,
    paused,
    remember_unconfirmed,
)
from messaging.faces import Button, Face
from messaging.providers.circuit import MISCONFIGURED_SECONDS, Circuit, Pause
from messaging.wecom.budget import Budget
from messaging.wecom.cards import Card
from messaging.wecom.client import DUPLICATE_CHECK_SECONDS, Accepted, WeComClient
from messaging.wecom.errors import (
    Ambiguous,
    ConfigurationProblem,
    ContentProblem,
    ProviderError,
    Quota,
    RecipientProblem,
    TokenProblem,
    WindowClosed,
)

# Our clock and WeCom's differ, and a request takes its time: repeats stop a little before WeCom forgets.
SAFE_REPEAT = timedelta(seconds=DUPLICATE_CHECK_SECONDS - 300)
FIRST_REPEAT_SECONDS, LONGEST_REPEAT_SECONDS = 15, 1800
TOKEN_PAUSE_SECONDS = 60

logger = logging.getLogger(__name__)


class WeComChannel:
    """Texts, and cards with buttons, of the application in use, to the colleague whose user id is the address."""

    name = "wecom"

    def is_connected(self) -> bool:
        """Whether company, application and secret are set."""
        wecom = connected.wecom()
        return bool(wecom["corp_id"] and wecom["agent_id"] and wecom["secret"])

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send subject and body as one text, or as a card where there is a face. One call to WeCom, or none while the
        application is paused or the reader has had as many as WeCom shows.

        When the answer got lost, the same bytes are sent again while WeCom still recognises them (four
        hours after the first try); after that a repeat could be shown twice, so the outcome is
        `ambiguous` and nothing is sent. A card with buttons is recognised by its name, for ever.
        """
        if outgoing.unconfirmed and not _repeat_is_safe(outgoing, 0):
            return Outcome(state="ambiguous", code="repeat_too_late", unconfirmed=True, burns_attempt=False)
        return remember_unconfirmed(outgoing, self._try(outgoing))

    def _try(self, outgoing: Outgoing) -> Outcome:
        if not self.is_connected():
            return _paused(Pause.lasting(MISCONFIGURED_SECONDS, "not_connected"))
        client, circuit, budget = application(**connected.wecom())
        pause = circuit.current()
        if pause is not None:
            return _paused(pause)
        if wait := budget.take(outgoing.recipient_address):
            return Outcome(
                state="retry",
                code=MEMBER_BUDGET,
                retry_after_seconds=wait,
                try_next_channel=wait > PATIENCE_SECONDS,
                burns_attempt=False,
            )
        try:
            accepted = _send(client, outgoing)
        except ProviderError as error:
            return outcome_of(error, outgoing, circuit)
        return Outcome(state="accepted", provider_id=accepted.msgid, card=_shown(outgoing.face, accepted))


def card_of(subject: str, body: str, face: Face) -> Card:
    """A message with its buttons, as a card. What was overtaken on its way has the last word as a button that leads
    there: a repeat must stay a card, which WeCom knows by its name."""
    page = face.url or f"{settings.BASE_URL}/admin/"
    return Card(
        title=subject,
        text=f"{face.note}\n{body}" if face.note else body,
        buttons=face.buttons or (Button(face.ending, url=page),),
        url=face.url,
        source=settings.COMPANY_NAME,
    )


def _shown(face: Face | None, accepted: Accepted) -> Shown | None:
    """Of a repeat nobody knows which of the tries is on the phone."""
    if face is None:
        return None
    code = accepted.response_code
    return Shown(code=code, shows=face.digest if code else "")


def _send(client: WeComClient, outgoing: Outgoing) -> Accepted:
    whom, key = outgoing.recipient_address, outgoing.provider_key
    if outgoing.face is not None:
        card = card_of(outgoing.subject, outgoing.body, outgoing.face)
        return client.send_buttons(userid=whom, card=card, task_id=key)
    content = f"{outgoing.subject}\n{outgoing.body}" if outgoing.subject else outgoing.body
    return client.send_text(userid=whom, content=content, provider_key=key)


@lru_cache(maxsize=4)
def application(
    *, corp_id: str, agent_id: int, secret: str, base_url: str
) -> tuple[WeComClient, Circuit, Budget]:
    """The client, the pause and the budgets of one application: kept, because the client holds open connections."""
    client = WeComClient(corp_id=corp_id, agent_id=agent_id, secret=secret, base_url=base_url)
    name = f"{base_url}|{corp_id}|{agent_id}"
    return client, Circuit(name), Budget(name)


def outcome_of(error: ProviderError, outgoing: Outgoing, circuit: Circuit) -> Outcome:
    """What an answer of WeCom means for the delivery."""
    match error:
        case Quota():
            return _paused(circuit.over_quota(error.code, at_least=error.pause_seconds))
        case ConfigurationProblem():
            logger.error("WeCom is paused until an administrator mends its settings: %s", error.code)
            return _paused(circuit.misconfigured(error.code))
        case RecipientProblem() | WindowClosed():
            return Outcome(state="failed", code=error.code, try_next_channel=True)
        case ContentProblem():
            logger.error("WeCom refuses what we send: %s", error.code)
            return Outcome(state="failed", code=error.code, try_next_channel=True)
        case Ambiguous():
            return _unconfirmed(error, outgoing)
        case TokenProblem():
            logger.error("WeCom refused a fresh access token: %s", error.code)
            return Outcome(state="retry", code=error.code, retry_after_seconds=TOKEN_PAUSE_SECONDS)
    return Outcome(state="retry", code=error.code)


def _unconfirmed(error: Ambiguous, outgoing: Outgoing) -> Outcome:
    wait = min(FIRST_REPEAT_SECONDS * 2 ** (outgoing.attempt_number - 1), LONGEST_REPEAT_SECONDS)
    if not _repeat_is_safe(outgoing, wait):
        return Outcome(state="ambiguous", code=error.code, unconfirmed=True)
    return Outcome(state="retry", code=error.code, retry_after_seconds=wait, unconfirmed=True)


def _repeat_is_safe(outgoing: Outgoing, wait: int) -> bool:
    """Whether WeCom would still recognise these bytes `wait` seconds from now."""
    if outgoing.first_tried_at is None or outgoing.face is not None:
        return True  # a card's name is taken once, however late
    return timezone.now() + timedelta(seconds=wait) < outgoing.first_tried_at + SAFE_REPEAT


def _paused(pause: Pause) -> Outcome:
    return paused(pause.seconds, pause.code)
