"""What the tests of messages share: channels that a test scripts."""

import pytest

from messaging import channels
from tests.factories.notifications import Provider


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """E-mail that accepts everything unless told otherwise."""
    provider = Provider("email")
    monkeypatch.setitem(channels.CHANNELS, "email", provider)
    return provider


@pytest.fixture
def wecom(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """WeCom, connected."""
    provider = Provider("wecom")
    monkeypatch.setitem(channels.CHANNELS, "wecom", provider)
    return provider
