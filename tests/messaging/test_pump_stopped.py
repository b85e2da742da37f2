"""SIGTERM to the real pump in the middle of a drain: it ends in order within its time, what it had not begun is due at
once, and each message is shown once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from messaging.models import Attempt, Delivery, Message
from tests.emulators.connected import connection_to
from tests.factories import notifications as make
from tests.factories import people
from tests.messaging.oracle import asked_every_time, to_the_end
from tests.messaging.test_kill import database_url
from tools.wecom.emulator import WeComEmulator
from tools.wecom.world import Call

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
MESSAGES = 120


class Slow(WeComEmulator):
    """A tenth of a second for each message."""

    def answer(self, call: Call) -> dict[str, Any]:
        """As it does, later."""
        if call.endpoint == "message/send":
            time.sleep(0.1)
        return super().answer(call)


def test_a_pump_that_is_told_to_stop_in_a_drain_leaves_nothing_in_doubt(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cache.clear()
    with Slow() as wecom:
        connection_to(wecom).save()
        interview = make.house("completed")
        colleagues = [people.recruiter(wecom_userid=f"colleague-{number}") for number in range(10)]
        for number in range(MESSAGES):
            make.message(to=colleagues[number % 10], interview=interview, key=f"{number}")
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        command = [sys.executable, "manage.py", "pump", "--web-port", "0"]
        pump = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while len(wecom.messages) < 15:
            assert time.monotonic() < deadline and pump.poll() is None
            time.sleep(0.02)

        pump.send_signal(signal.SIGTERM)

        assert pump.wait(15) == 0
        taken = len(wecom.messages)
        assert 15 <= taken < MESSAGES
        assert not Attempt.objects.filter(outcome="calling").exists()
        assert not Delivery.objects.filter(state="leased").exists()
        assert Message.objects.filter(state="accepted").count() == taken
        to_the_end()

    shown = Counter((one.userid, one.text) for one in wecom.messages if one.shown)
    assert (len(shown), shown.total()) == (MESSAGES, MESSAGES)
    asked_every_time(caplog.text, wecom.applications[0].secret)
