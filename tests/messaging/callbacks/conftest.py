"""A WeCom server that knows where and with which keys to call us, and the door that it knocks at."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from messaging.models import WeComConnection
from tools.wecom.cipher import Box
from tools.wecom.emulator import WeComEmulator
from tools.wecom.people import Envelope, call_back

TOKEN, AES_KEY = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


@pytest.fixture
def wecom(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[WeComEmulator]:
    """The server, connected, its callbacks set up on both sides; its envelopes are posted by the tests."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cache.clear()
    with WeComEmulator() as emulator:
        application = emulator.applications[0]
        emulator.calls_back_to("", Box(TOKEN, AES_KEY, application.corp_id))
        row = WeComConnection(
            corp_id=application.corp_id, agent_id=application.agent_id, base_url=emulator.base_url
        )
        row.set_secret(application.secret)
        row.set_callback(TOKEN, AES_KEY)
        row.save()
        yield emulator


def told(wecom: WeComEmulator, **fields: str) -> Envelope:
    """Something that WeCom tells us, in its envelope."""
    envelope = call_back(
        wecom, {"FromUserName": "wang.fang", "MsgType": "event", "Event": "something", **fields}
    )
    assert envelope is not None
    return envelope


def post(envelope: Envelope, **changed: str) -> HttpResponse:
    """Bring an envelope to the door, with parts of its address changed."""
    query = {**envelope.query, **changed}
    return Client().post("/hooks/wecom", envelope.body, content_type="text/xml", query_params=query)
