"""Mail over a real socket: what arrives, and what each refusal means for a delivery."""

import logging
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from pytest_django import Settings

from messaging.channels import Outcome, channel
from messaging.channels.email import message_id_of
from tests.emulators.smtp import SmtpEmulator
from tests.messaging.channels.conftest import outgoing


def send(**changes: Any) -> Outcome:
    return channel("email").send(outgoing(**changes))


def test_a_mail_arrives(smtp: SmtpEmulator) -> None:
    outcome = send()

    [arrived] = smtp.mails
    assert outcome == Outcome(state="accepted", provider_id=message_id_of("delivery-17"))
    assert (arrived.sender, arrived.recipients) == ("hr@corp.example.com", ("zhang.san@example.com",))
    parsed = arrived.parsed
    assert parsed["Subject"] == "面试中断"
    assert parsed["From"] == "人事部 <hr@corp.example.com>"
    assert parsed["To"] == "zhang.san@example.com"
    assert parsed["Message-ID"] == outcome.provider_id
    assert parsed["Content-Language"] == "zh-hans"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed.get_content_type() == "text/plain"
    assert parsed.get_content().strip() == "李雷的面试中断了，请在24小时内联系。"


def test_the_message_id_belongs_to_the_delivery(smtp: SmtpEmulator) -> None:
    send()
    send(attempt_number=2)
    send(provider_key="delivery-18")

    ids = [one.parsed["Message-ID"] for one in smtp.mails]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@corp.example.com>")
    assert "17" not in ids[0].split("@")[0] or "delivery" not in ids[0]


@pytest.mark.parametrize(
    "subject",
    [
        "a\r\nBcc: evil@example.com",
        "a\nBcc: evil@example.com",
        "a\rBcc: x",
        "a\u2028Bcc: x",
        "a\x00\x0bBcc: x",
    ],
)
def test_a_subject_cannot_add_a_header(smtp: SmtpEmulator, subject: str) -> None:
    assert send(subject=subject).state == "accepted"

    [arrived] = smtp.mails
    assert arrived.parsed["Bcc"] is None
    assert arrived.parsed["Subject"].startswith("a Bcc: ")
    assert arrived.recipients == ("zhang.san@example.com",)


def test_a_language_cannot_add_a_header(smtp: SmtpEmulator) -> None:
    send(language="en\r\nBcc: evil@example.com")

    assert smtp.mails[0].parsed["Bcc"] is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c",
        "a@example.com\nBcc: x@example.com",
        "a@example.com, b@example.com",
        "A <a@example.com>",
    ],
)
@pytest.mark.parametrize("connected", [True, False])
def test_an_address_that_is_none_is_not_tried(
    smtp: SmtpEmulator, settings: Settings, address: str, connected: bool
) -> None:
    settings.MAIL_IS_CONNECTED = connected

    assert send(recipient_address=address) == Outcome(state="failed", code="address", try_next_channel=True)
    assert smtp.commands == []


REFUSALS: dict[str, tuple[str, int, Outcome]] = {
    "recipient for good": (
        "RCPT",
        550,
        Outcome(state="failed", code="recipient_550", try_next_channel=True),
    ),
    "recipient for now": ("RCPT", 450, Outcome(state="retry", code="recipient_450")),
    "too busy": ("RCPT", 421, Outcome(state="retry", code="recipient_421")),
    "sender for good": (
        "MAIL",
        553,
        Outcome(
            state="paused",
            code="sender_553",
            retry_after_seconds=300,
            try_next_channel=True,
            burns_attempt=False,
        ),
    ),
    "sender for now": ("MAIL", 451, Outcome(state="retry", code="server_451")),
    "data for now": ("DATA", 451, Outcome(state="retry", code="content_451")),
    "text for good": ("TEXT", 554, Outcome(state="failed", code="content_554", try_next_channel=True)),
    "text for now": ("TEXT", 452, Outcome(state="retry", code="content_452")),
    "greeting": ("CONNECT", 554, Outcome(state="retry", code="server_554")),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_each_refusal_has_its_outcome(
    smtp: SmtpEmulator, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    command, status, expected = REFUSALS[name]
    smtp.refuse(command, status)

    with caplog.at_level(logging.DEBUG):
        outcome = send()

    assert outcome == expected
    assert smtp.mails == []
    assert "example.com" not in repr(outcome) + caplog.text
    assert send().state == "accepted"


@pytest.mark.parametrize("when", ["CONNECT", "MAIL", "RCPT"])
def test_a_connection_lost_early_left_nothing_behind(smtp: SmtpEmulator, when: str) -> None:
    smtp.lose_connection(when)

    assert send() == Outcome(state="retry", code="connection")


@pytest.mark.parametrize(("when", "taken"), [("DATA", 0), ("AFTER_TEXT", 1), ("HANG_AFTER_TEXT", 1)])
def test_a_connection_lost_late_leaves_doubt(smtp: SmtpEmulator, when: str, taken: int) -> None:
    smtp.lose_connection(when)

    assert send() == Outcome(state="retry", code="connection_lost", unconfirmed=True)
    assert len(smtp.mails) == taken


def test_doubt_is_repeated_twice_and_then_shown(smtp: SmtpEmulator) -> None:
    smtp.lose_connection("AFTER_TEXT", times=3)

    states = [send(attempt_number=number, unconfirmed=number > 1).state for number in (1, 2, 3)]

    assert states == ["retry", "retry", "ambiguous"]
    assert len({one.parsed["Message-ID"] for one in smtp.mails}) == 1


def test_a_repeat_after_doubt_says_that_it_may_be_there_twice(smtp: SmtpEmulator) -> None:
    smtp.lose_connection("AFTER_TEXT")

    assert (send().state, send(attempt_number=2, unconfirmed=True).repeated) == ("retry", True)
    assert len(smtp.mails) == 2


def test_doubt_is_not_forgotten_on_the_way(smtp: SmtpEmulator) -> None:
    smtp.refuse("RCPT", 450)
    smtp.refuse("MAIL", 553)

    first, second = send(attempt_number=2, unconfirmed=True), send(attempt_number=2, unconfirmed=True)

    assert {first.code, second.code} == {"recipient_450", "sender_553"}
    assert all(one.unconfirmed and not one.try_next_channel for one in (first, second))


def test_nobody_listening(smtp: SmtpEmulator, settings: Settings) -> None:
    away = SmtpEmulator()
    settings.EMAIL_PORT = away.port
    away._server.server_close()

    assert send() == Outcome(state="retry", code="connection")


def test_a_server_without_the_security_asked_for(smtp: SmtpEmulator, settings: Settings) -> None:
    settings.EMAIL_USE_TLS = True

    outcome = send()

    assert (outcome.state, outcome.code) == ("paused", "not_supported_0")
    assert smtp.mails == []


def test_a_login_the_server_does_not_know(smtp: SmtpEmulator, settings: Settings) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "hr", "p4ssw0rd"

    outcome = send()

    assert (outcome.state, outcome.try_next_channel, outcome.burns_attempt) == ("paused", True, False)
    assert "p4ssw0rd" not in repr(outcome)


def test_a_mail_inside_a_transaction_is_refused(smtp: SmtpEmulator) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        send()

    assert smtp.commands == []


@pytest.mark.django_db
def test_another_backend_of_django_works_too(settings: Settings) -> None:
    settings.MAIL_IS_CONNECTED = True

    assert send().state == "accepted"
    assert [one.to for one in mail.outbox] == [["zhang.san@example.com"]]


def test_a_long_body_with_dots_arrives_whole(smtp: SmtpEmulator) -> None:
    body = ".\n..\n" + "面试" * 3000 + "\n.\nend"

    send(body=body)

    assert smtp.mails[0].parsed.get_content().replace("\r\n", "\n").rstrip("\n") == body
