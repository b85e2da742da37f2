"""An account at each provider, and a message to a phone."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from messaging.channels import Outgoing
from messaging.models import SmsConnection, SmsTemplate
from messaging.services.connections import as_approved
from tools.sms.emulator import APPLICATION, KEY_ID, SECRET, SIGNATURE, SmsEmulator

PHONE = "+8613800138000"
GENERAL = "${name}您好，${subject}。详情：${link}"
NUMBERS = {"aliyun": "SMS_1001", "tencent": "1001"}


def connection(provider: str, base_url: str, *, text: str = GENERAL, **fields: Any) -> SmsConnection:
    """An account in use with one approved text for every message."""
    values = {"key_id": KEY_ID, "application": APPLICATION, "signature": SIGNATURE, **fields}
    made = SmsConnection(provider=provider, base_url=base_url, **values)
    made.secret = SECRET
    made.save()
    SmsTemplate.objects.create(connection=made, number=NUMBERS[provider], text=text)
    return made


def outgoing(**changes: Any) -> Outgoing:
    """The notice of an exit, first try."""
    fields: dict[str, Any] = {
        "recipient_address": PHONE,
        "subject": "【示例科技】面试中断,进度已保存",
        "body": "张三您好:\n您的面试中断了。\nhttps://hr.example.com/i/abc-DEF_1\n祝好",
        "language": "zh-hans",
        "provider_key": "delivery-17",
        "kind": "interrupted",
        "name": "张三",
    }
    return Outgoing(**{**fields, **changes})


@pytest.fixture(params=["aliyun", "tencent"])
def sms(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[SmsEmulator]:
    """One provider after the other, connected; `provider` says which."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cache.clear()
    with SmsEmulator() as emulator:
        emulator.provider = request.param
        emulator.templates[NUMBERS[request.param]] = ("approved", as_approved(request.param, GENERAL))
        connection(request.param, emulator.url)
        yield emulator
