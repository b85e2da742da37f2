"""A WeCom server that this installation is connected to, each side with the other's address and keys."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import cache

from messaging.models import WeComConnection
from tools.wecom.cipher import Box
from tools.wecom.emulator import WeComEmulator

TOKEN, AES_KEY = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


def connection_to(emulator: WeComEmulator, **fields: str) -> WeComConnection:
    """What this installation knows of the emulated company's first application, not saved yet."""
    application = emulator.applications[0]
    row = WeComConnection(
        corp_id=application.corp_id, agent_id=application.agent_id, base_url=emulator.base_url, **fields
    )
    row.secret = application.secret
    return row


@contextmanager
def connected_wecom(monkeypatch: pytest.MonkeyPatch, **fields: str) -> Iterator[WeComEmulator]:
    """Its callbacks are set up on both sides; its envelopes are posted by the tests."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cache.clear()
    with WeComEmulator() as emulator:
        row = connection_to(emulator, **fields)
        emulator.calls_back_to("", Box(TOKEN, AES_KEY, row.corp_id))
        row.set_callback(TOKEN, AES_KEY)
        row.save()
        yield emulator
