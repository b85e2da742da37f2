"""A WeCom server that knows where and with which keys to call us, and the door that it knocks at."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.emulators.connected import connected_wecom
from tools.wecom.emulator import WeComEmulator
from tools.wecom.people import Envelope, call_back


@pytest.fixture
def wecom(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[WeComEmulator]:
    with connected_wecom(monkeypatch) as emulator:
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
