"""Messages into a conversation in WeChat (微信客服), while WeCom takes them: for 48 hours, five after theirs."""

from dataclasses import replace

from messaging import connected
from messaging.channels.base import Outcome, Outgoing, paused, remember_unconfirmed
from messaging.channels.wecom import application, outcome_of
from messaging.models import Conversation
from messaging.wechat import close, reserve
from messaging.wecom.errors import Ambiguous, ProviderError, WindowClosed
from messaging.wecom.service import CustomerService

CLOSED = Outcome(state="failed", code="kf_window", try_next_channel=True)
# Whether WeCom knows a repeat by its name is not promised: one is risked.
MOST_TRIES = 2


class KfChannel:
    """Texts to somebody outside who has written lately; the address is the number of the conversation."""

    name = "kf"

    def is_connected(self) -> bool:
        """Whether an account is set up."""
        return connected.kf() is not None

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send subject and body as one text, if the window is open. One call to WeCom, or none.

        What WeCom took it may still not show; it says so later, and the message goes another way then.
        """
        if outgoing.unconfirmed and outgoing.attempt_number > MOST_TRIES:
            return Outcome(state="ambiguous", code="repeat_too_late", unconfirmed=True, burns_attempt=False)
        return remember_unconfirmed(outgoing, self._try(outgoing))

    def _try(self, outgoing: Outgoing) -> Outcome:
        client, circuit, _budget = application(**connected.wecom())
        pause = circuit.current()
        if pause is not None:
            return paused(pause.seconds, pause.code)
        number = outgoing.recipient_address
        found = Conversation.objects.filter(pk=int(number)).first() if number.isdigit() else None
        if found is None or not (outgoing.unconfirmed or reserve(found.pk)):
            return CLOSED
        text = f"{outgoing.subject}\n{outgoing.body}"
        try:
            CustomerService(client).send(
                found.account, whom=found.external_userid, text=text, key=outgoing.provider_key
            )
        except WindowClosed:
            close(found.pk)
            return CLOSED
        except Ambiguous as error:
            return Outcome(state="retry", code=error.code, retry_after_seconds=15, unconfirmed=True)
        except ProviderError as error:
            return replace(outcome_of(error, outgoing, circuit), try_next_channel=True)
        # Whether WeCom knows a repeat by its name is not documented.
        return Outcome(state="accepted", provider_id=outgoing.provider_key, repeated=outgoing.unconfirmed)
