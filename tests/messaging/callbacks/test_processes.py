"""A web that is killed after it kept what WeCom said and before it answered, and a handler that takes longer than WeCom
waits: told again, it is one, and the door answers at once."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from messaging.callbacks import handling
from messaging.callbacks.handling import Told, act_on_due, register
from messaging.models import Callback
from tests.emulators.connected import AES_KEY, TOKEN
from tests.messaging.callbacks.conftest import told
from tests.messaging.test_kill import database_url
from tools.wecom.cipher import Box
from tools.wecom.emulator import WeComEmulator

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WEB = """
import os, signal, sys
import django
django.setup()
from wsgiref.simple_server import make_server
from django.core.handlers.wsgi import WSGIHandler
from messaging.callbacks import intake

real = intake.keep

def keep(query, body):
    real(query, body)
    if sys.argv[2] == "dies":
        os.kill(os.getpid(), signal.SIGKILL)

intake.keep = keep
make_server("127.0.0.1", int(sys.argv[1]), WSGIHandler()).serve_forever()
"""


@contextmanager
def web(port: int, how: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    process = subprocess.Popen([sys.executable, "-c", WEB, str(port), how], env=environment)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as there:
            if there.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was acted on, each for six seconds: more than WeCom waits."""
    seen: list[str] = []

    def handle(told: Told) -> str:
        seen.append(told.get("EventKey"))
        time.sleep(6)
        return ""

    monkeypatch.setattr(handling, "_handlers", {})
    register("something", handle)
    return seen


def test_a_web_that_is_killed_before_it_answers_has_kept_it_once(
    wecom: WeComEmulator, handled: list[str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    wecom.calls_back_to(f"http://127.0.0.1:{port}/hooks/wecom", Box(TOKEN, AES_KEY, "ww-demo"))
    with web(port, "dies") as process:
        told(wecom, EventKey="one")
        assert process.wait(20) == -signal.SIGKILL
    assert wecom.callbacks.tried == [0, 0, 0]
    assert Callback.objects.count() == 1

    with web(port, "lives"):
        assert all(wecom.callbacks.post(wecom.envelopes[0]) for _time in range(2))

    assert (act_on_due(), act_on_due()) == (1, 0)
    assert handled == ["one"]
    assert list(Callback.objects.values_list("state", "tries")) == [("done", 1)]


def test_a_handler_that_takes_longer_than_wecom_waits_holds_up_no_answer(
    wecom: WeComEmulator, handled: list[str], live_server: Any
) -> None:
    wecom.calls_back_to(f"{live_server.url}/hooks/wecom", Box(TOKEN, AES_KEY, "ww-demo"))
    told(wecom, EventKey="slow")

    def pump() -> None:
        try:
            act_on_due(limit=1)
        finally:
            connection.close()

    pumping = threading.Thread(target=pump)
    pumping.start()
    while not handled:
        time.sleep(0.01)
    began = time.monotonic()
    for number in range(3):
        told(wecom, EventKey=f"{number}")
        # Told again while it is acted on.
        wecom.callbacks.post(wecom.envelopes[0])
    took = time.monotonic() - began
    assert pumping.is_alive()
    pumping.join()

    assert took < 3
    assert wecom.callbacks.tried == [200] * 7
    assert handled == ["slow"]
    states = list(Callback.objects.order_by("pk").values_list("state", "tries"))
    assert states == [("done", 1), *[("waiting", 0)] * 3]
