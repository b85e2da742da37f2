"""E-mail: over the SMTP server of the settings, or, when none is connected, in the ledger itself."""

import hashlib
import logging
import re
import smtplib
from email.mime.text import MIMEText
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import transaction

from messaging.channels.base import Outcome, Outgoing, State, remember_unconfirmed
from messaging.channels.smtp import MaybeTaken
from messaging.kinds import Attachment

DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
TRACKED_SMTP = "messaging.channels.smtp.EmailBackend"
MISCONFIGURED_SECONDS = 300
# SMTP's own rule: a refusal from here on does not pass by itself.
PERMANENT = 500
# Mail servers promise nothing about repeats. The equal Message-ID lets most mailboxes show one; more
# would be noise.
TRIES_WHEN_UNCONFIRMED = 3
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

logger = logging.getLogger(__name__)


class EmailChannel:
    """One plain-text mail to one address, with the file that belongs to it."""

    name = "email"

    def is_connected(self) -> bool:
        """Always: without an SMTP server the ledger is the mailbox."""
        return True

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand the mail to the SMTP server, or accept it at once when the ledger is the mailbox.

        A connection lost while the server had the text is tried again with the equal Message-ID, three
        tries in all, and is then `ambiguous`.
        """
        try:
            validate_email(outgoing.recipient_address)
        except ValidationError:
            return Outcome(state="failed", code="address", try_next_channel=True)
        if not settings.MAIL_IS_CONNECTED:
            return Outcome(state="accepted", provider_id="ledger")
        # Says loudly when a caller holds a transaction open: rows would stay locked for as long as the
        # server takes.
        with transaction.atomic(durable=True):
            pass
        return remember_unconfirmed(outgoing, _try(outgoing))


def _try(outgoing: Outgoing) -> Outcome:
    message_id = message_id_of(outgoing.provider_key)
    mail = EmailMessage(
        subject=_CONTROL.sub(" ", outgoing.subject).strip(),
        body=outgoing.body,
        from_email=sender(),
        to=[outgoing.recipient_address],
        headers={
            "Message-ID": message_id,
            "Content-Language": _CONTROL.sub("", outgoing.language),
            "Auto-Submitted": "auto-generated",
        },
        connection=_connection(),
    )
    if outgoing.attachment is not None:
        mail.attach(_part(outgoing.attachment))
    try:
        mail.send()
    except MaybeTaken:
        return _unconfirmed(outgoing)
    except (smtplib.SMTPException, OSError) as error:
        return _outcome_of(error)
    # A mailbox may show both, though they bear one number.
    return Outcome(state="accepted", provider_id=message_id, repeated=outgoing.unconfirmed)


def _part(attachment: Attachment) -> MIMEText:
    """The file with its whole media type: calendars read the parameters, which Django's own way leaves out."""
    kind, *parameters = (piece.strip() for piece in attachment.type.split(";"))
    part = MIMEText(attachment.content.decode(), kind.rpartition("/")[2], "utf-8")
    for parameter in parameters:
        name, _equals, value = parameter.partition("=")
        part.set_param(name, value)
    part.add_header("Content-Disposition", "attachment", filename=attachment.name)
    return part


def sender() -> str:
    """The configured address, under the company's name where that is set."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((_CONTROL.sub(" ", settings.COMPANY_NAME) or name, address))


def message_id_of(provider_key: str) -> str:
    """The Message-ID of a delivery: equal in all its tries, and saying nothing about it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(provider_key.encode()).hexdigest()[:32]}@{domain}>"


def _connection() -> BaseEmailBackend:
    return get_connection(TRACKED_SMTP if settings.EMAIL_BACKEND == DJANGO_SMTP else None)


def _unconfirmed(outgoing: Outgoing) -> Outcome:
    state: State = "retry" if outgoing.attempt_number < TRIES_WHEN_UNCONFIRMED else "ambiguous"
    return Outcome(state=state, code="connection_lost", unconfirmed=True)


def _outcome_of(error: smtplib.SMTPException | OSError) -> Outcome:
    """What a refusal means. The server's sentence is dropped: it quotes the address."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            status = max(code for code, _sentence in error.recipients.values())
            return _refused("recipient", status)
        case smtplib.SMTPAuthenticationError():
            return _misconfigured("login", error.smtp_code)
        case smtplib.SMTPSenderRefused() if error.smtp_code >= PERMANENT:
            return _misconfigured("sender", error.smtp_code)
        case smtplib.SMTPNotSupportedError():
            return _misconfigured("not_supported", 0)
        case smtplib.SMTPDataError():
            return _refused("content", error.smtp_code)
        case smtplib.SMTPResponseException():
            return Outcome(state="retry", code=f"server_{error.smtp_code}")
    return Outcome(state="retry", code="connection")


def _refused(what: str, status: int) -> Outcome:
    if status < PERMANENT:
        return Outcome(state="retry", code=f"{what}_{status}")
    return Outcome(state="failed", code=f"{what}_{status}", try_next_channel=True)


def _misconfigured(what: str, status: int) -> Outcome:
    logger.error("Mail is paused until an administrator mends its settings: %s_%s", what, status)
    return Outcome(
        state="paused",
        code=f"{what}_{status}",
        retry_after_seconds=MISCONFIGURED_SECONDS,
        try_next_channel=True,
        burns_attempt=False,
    )
