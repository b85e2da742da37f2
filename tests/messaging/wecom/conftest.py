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
    """A client with short time-outs. Tests whose threads make calls need the real database beside it."""
    cache.clear()
    return make_client(emulator)


def make_client(emulator: WeComEmulator, application: Application | None = None) -> WeComClient:
    """A client of one application of the emulator."""
    wecom = (application or emulator.applications[0]).settings(emulator.base_url)
    return WeComClient(**wecom, timeout=(0.5, 0.4), token_wait_seconds=3.0)
