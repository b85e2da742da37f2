"""Servers at the other end of the channels, and a message to send."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django import Settings

from messaging.channels import Outgoing
from tests.emulators.smtp import SmtpEmulator
from tools.wecom.emulator import WeComEmulator


def outgoing(**changes: Any) -> Outgoing:
    """A message to a colleague, first try."""
    fields: dict[str, Any] = {
        "recipient_address": "zhang.san@example.com",
        "subject": "面试中断",
        "body": "李雷的面试中断了，请在24小时内联系。",
        "language": "zh-hans",
        "provider_key": "delivery-17",
    }
    return Outgoing(**{**fields, **changes})


@pytest.fixture
def wecom(monkeypatch: pytest.MonkeyPatch, settings: Settings, db: None) -> Iterator[WeComEmulator]:
    """A WeCom server that settings.WECOM points to."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cache.clear()
    with WeComEmulator() as emulator:
        settings.WECOM = emulator.applications[0].settings(emulator.base_url)
        yield emulator


@pytest.fixture
def smtp(settings: Settings, db: None) -> Iterator[SmtpEmulator]:
    """A mail server that the settings point to."""
    with SmtpEmulator() as emulator:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", emulator.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 1
        settings.MAIL_IS_CONNECTED = True
        settings.DEFAULT_FROM_EMAIL = "人事部 <hr@corp.example.com>"
        yield emulator
