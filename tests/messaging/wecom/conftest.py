"""A healthy WeCom server and a client that speaks to it over a real socket."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from messaging.wecom.client import WeComClient
from tools.wecom.emulator import WeComEmulator
from tools.wecom.world import Application

SECRET = Application().secret


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[WeComEmulator]:
    """The server; a proxy of the machine is not asked for an address of the machine itself."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with WeComEmulator() as one:
        yield one


@pytest.fixture
def client(emulator: WeComEmulator, db: None) -> WeComClient:
    """A client that waits for a busy machine. Tests whose threads make calls need the real database beside it."""
    cache.clear()
    return make_client(emulator)


@pytest.fixture
def hasty(client: WeComClient, emulator: WeComEmulator) -> WeComClient:
    """One with short time-outs, for a server that answers late or never."""
    return make_client(emulator, answered_within=0.4)


def make_client(
    emulator: WeComEmulator, application: Application | None = None, *, answered_within: float = 10.0
) -> WeComClient:
    """A client of one application of the emulator; seconds."""
    wecom = (application or emulator.applications[0]).settings(emulator.base_url)
    return WeComClient(**wecom, timeout=(2.0, answered_within), token_wait_seconds=3.0)
