"""Text messages to phones in mainland China: approved texts only, receipts later, and never the same one twice."""

import logging
import re
from datetime import timedelta

from django.utils import timezone

from messaging import connected
from messaging.channels.base import Outcome, Outgoing, paused, remember_unconfirmed
from messaging.connected import Sms, Template
from messaging.providers.circuit import MISCONFIGURED_SECONDS, Circuit, Pause
from messaging.providers.errors import (
    Ambiguous,
    ConfigurationProblem,
    ContentProblem,
    ProviderError,
    Quota,
    RecipientProblem,
)
from messaging.sms.base import Text
from messaging.sms.providers import provider
from messaging.sms.text import filled, segments, values_of, variables, whole

# A mobile number there. What is longer has an extension, and no phone behind it that shows texts.
MOBILE = re.compile(r"\+861[3-9]\d{9}")
# How long after a lost answer the provider's own list is trusted to name the message.
LISTED_AFTER = timedelta(minutes=5)
LOOK_AGAIN_SECONDS = 60

logger = logging.getLogger(__name__)


class SmsChannel:
    """The SMS account in use."""

    name = "sms"

    def is_connected(self) -> bool:
        """Whether an account is in use and has an approved text."""
        sms = connected.sms()
        return sms is not None and bool(sms.templates)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send the approved text that fits. One call, or two after an answer that got lost: the provider recognises no
        repeat, so its list of what it sent is looked through first.
        """
        sms = connected.sms()
        if sms is None:
            return _paused(Pause.lasting(MISCONFIGURED_SECONDS, "not_connected"))
        if not MOBILE.fullmatch(outgoing.recipient_address):
            return Outcome(state="failed", code="address", try_next_channel=True)
        found = fitting(
            sms,
            kind=outgoing.kind,
            language=outgoing.language,
            values=values_of(name=outgoing.name, subject=outgoing.subject, body=outgoing.body),
        )
        if found is None:
            return Outcome(state="failed", code="sms_no_template", try_next_channel=True)
        template, values = found
        account = sms.account
        circuit = Circuit(f"sms|{account.provider}|{account.base_url}|{account.key_id}|{account.application}")
        if (pause := circuit.current()) is not None:
            return remember_unconfirmed(outgoing, _paused(pause))
        count = segments(whole(account.signature, filled(template.text, values)))
        try:
            provider_id = _sent_before(sms, outgoing) if outgoing.unconfirmed else None
            is_repeated = outgoing.unconfirmed and provider_id is None
            if provider_id is None:
                if outgoing.unconfirmed and not _is_listed_by_now(outgoing):
                    return _look_again()
                provider_id = provider(account).send(
                    Text(
                        phone=outgoing.recipient_address,
                        number=template.number,
                        values=values,
                        key=outgoing.provider_key,
                    )
                )
        except ProviderError as error:
            return remember_unconfirmed(outgoing, _outcome_of(error, circuit))
        return Outcome(
            state="accepted", provider_id=provider_id, receipted=True, segments=count, repeated=is_repeated
        )


def fitting(
    sms: Sms, *, kind: str, language: str, values: dict[str, str]
) -> tuple[Template, dict[str, str]] | None:
    """The approved text for a message of this kind, and of its `values` those that stand in the text: the text of the
    kind, else the one for all; of several the one that says most. In the reader's language, else in Chinese, which
    every phone there shows. None where none can be filled in.
    """
    usable = [
        each
        for each in sms.templates
        if each.kind in ("", kind)
        and each.language in (language, "zh-hans")
        and all(name in values for name in variables(each.text))
    ]
    if not usable:
        return None
    template = max(
        usable,
        key=lambda each: (each.kind == kind, each.language == language, len(variables(each.text))),
    )
    return template, {name: values[name] for name in variables(template.text)}


def _sent_before(sms: Sms, outgoing: Outgoing) -> str | None:
    """The provider's number of the earlier try that it took after all."""
    now = timezone.now()
    found = provider(sms.account).find(
        phone=outgoing.recipient_address,
        key=outgoing.provider_key,
        since=outgoing.first_tried_at or now,
        until=now,
    )
    return found.provider_id if found else None


def _is_listed_by_now(outgoing: Outgoing) -> bool:
    return outgoing.first_tried_at is not None and timezone.now() - outgoing.first_tried_at >= LISTED_AFTER


def _look_again() -> Outcome:
    return Outcome(
        state="retry",
        code="sms_not_listed",
        retry_after_seconds=LOOK_AGAIN_SECONDS,
        unconfirmed=True,
        burns_attempt=False,
    )


def _outcome_of(error: ProviderError, circuit: Circuit) -> Outcome:
    match error:
        case Quota():
            return _paused(circuit.over_quota(error.code, at_least=error.pause_seconds))
        case ConfigurationProblem():
            logger.error("SMS is paused until an administrator mends its settings: %s", error.code)
            return _paused(circuit.misconfigured(error.code))
        case ContentProblem():
            logger.error("The SMS provider refuses what we send: %s", error.code)
            return Outcome(state="failed", code=error.code, try_next_channel=True)
        case RecipientProblem():
            return Outcome(state="failed", code=error.code, try_next_channel=True)
        case Ambiguous():
            return Outcome(
                state="retry", code=error.code, retry_after_seconds=LOOK_AGAIN_SECONDS, unconfirmed=True
            )
    return Outcome(state="retry", code=error.code)


def _paused(pause: Pause) -> Outcome:
    return paused(pause.seconds, pause.code)
