"""Channels by name, and the two that need no server."""

import pytest
from pytest_django import Settings

from messaging.channels import CHANNELS, Outcome, channel
from tests.messaging.channels.conftest import outgoing


def test_the_channels_there_are() -> None:
    assert {name: type(one).__name__ for name, one in CHANNELS.items()} == {
        "wecom": "WeComChannel",
        "kf": "KfChannel",
        "sms": "SmsChannel",
        "email": "EmailChannel",
        "inbox": "InboxChannel",
    }
    assert all(channel(name).name == name for name in CHANNELS)


def test_an_unknown_channel_is_an_error() -> None:
    with pytest.raises(KeyError):
        channel("pigeon")


def test_the_inbox_always_accepts() -> None:
    assert channel("inbox").is_connected()
    assert channel("inbox").send(outgoing()) == Outcome(state="accepted", provider_id="inbox")


def test_without_a_mail_server_the_ledger_is_the_mailbox(settings: Settings) -> None:
    settings.MAIL_IS_CONNECTED = False

    assert channel("email").is_connected()
    assert channel("email").send(outgoing()) == Outcome(state="accepted", provider_id="ledger")


@pytest.mark.parametrize("missing", ["corp_id", "agent_id", "secret"])
def test_wecom_is_connected_when_everything_is_set(settings: Settings, missing: str) -> None:
    whole = {"corp_id": "ww", "agent_id": 7, "secret": "s", "base_url": "http://127.0.0.1:9/"}
    settings.WECOM = whole
    assert channel("wecom").is_connected()

    settings.WECOM = {**whole, missing: type(whole[missing])()}

    assert not channel("wecom").is_connected()
    assert channel("wecom").send(outgoing()) == Outcome(
        state="paused",
        code="not_connected",
        retry_after_seconds=300,
        try_next_channel=True,
        burns_attempt=False,
    )


def test_what_is_printed_of_a_message_is_not_personal() -> None:
    assert repr(outgoing()) == "Outgoing(provider_key='delivery-17', attempt_number=1)"
