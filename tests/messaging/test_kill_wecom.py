"""kill -9 at each named point of the sender, and SIGSTOP past the lease: 600 messages to WeCom, a tenth of its answers
lost after it took them. Nothing is lost, and nothing is shown twice that WeCom knows by a key.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone

from messaging.delivery import deliver_due
from messaging.models import Delivery, Message
from tests.emulators.connected import connection_to
from tests.factories import notifications as make
from tests.factories import people
from tests.messaging.test_kill import database_url
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import Fault, half_an_answer
from tools.wecom.world import Call

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PEOPLE, EACH = 40, 15
# Where the process dies, and at which time that it comes there.
POINTS = {
    "lease taken": 2,
    "before the try is on record": 7,
    "try on record": 9,
    "before the call": 11,
    "after the call": 13,
    "before it is marked": 17,
    "after it is marked": 19,
    "between two sets": 3,
}
CHILD = """
import os, signal, sys
import django
django.setup()
from messaging import delivery, outbox, outcomes
from messaging.wecom.client import WeComClient

point, left, how = sys.argv[1], int(sys.argv[2]), sys.argv[3]

def reached(here):
    global left
    if here == point:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), getattr(signal, how))

def around(owner, name, before="", after=""):
    real = getattr(owner, name)
    def wrapped(*args, **kwargs):
        reached(before)
        found = real(*args, **kwargs)
        reached(after)
        return found
    setattr(owner, name, wrapped)

around(outbox, "lease", "between two sets", "lease taken")
around(outbox, "begin", "before the try is on record", "try on record")
around(WeComClient, "send_text", "before the call", "after the call")
around(outcomes, "finish", "before it is marked", "after it is marked")
while delivery.deliver_due():
    pass
"""


@dataclass
class Unsure(WeComEmulator):
    """A tenth of its answers get lost after it took the message."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.chance, self.lost = random.Random(11), 0

    def arrived(self, call: Call) -> Fault | None:
        """Note the call."""
        fault = super().arrived(call)
        if call.endpoint == "message/send" and self.chance.random() < 0.1:
            self.lost += 1
            return half_an_answer()
        return fault


def sender(point: str, times: int, how: str = "SIGKILL") -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-c", CHILD, point, str(times), how]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def a_minute_passes() -> None:
    """Nobody renews the leases of a dead process, and what waits for its next try is due."""
    Delivery.objects.filter(state="leased").update(lease_until=timezone.now())
    Delivery.objects.filter(state="pending").update(due_at=timezone.now())


def test_six_hundred_messages_and_a_death_at_every_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    cache.clear()
    with Unsure() as wecom:
        connection_to(wecom).save()
        interview = make.house("completed")
        colleagues = [people.recruiter(wecom_userid=f"colleague-{number}") for number in range(PEOPLE)]
        for number in range(PEOPLE * EACH):
            make.message(to=colleagues[number % PEOPLE], interview=interview, key=f"{number}")
        began = time.monotonic()
        stopped = sender("before the call", 5, "SIGSTOP")
        running = {point: sender(point, times) for point, times in POINTS.items()}
        ends = {point: child.wait(timeout=100) for point, child in running.items()}
        _until_stopped(stopped)
        # Past its lease, while we go on; then it wakes and finds that the message is not its own.
        a_minute_passes()
        for _round in range(20):
            while deliver_due():
                pass
            a_minute_passes()
            if not Message.objects.exclude(state="accepted").exists():
                break
        stopped.send_signal(signal.SIGCONT)
        assert stopped.wait(timeout=60) == 0
        took = time.monotonic() - began
        keys = Counter(call.body for call in wecom.calls if call.endpoint == "message/send")
        shown = Counter((one.userid, one.text) for one in wecom.messages if one.shown)

    figures = {
        "messages": PEOPLE * EACH,
        "calls": keys.total(),
        "called again": keys.total() - len(keys),
        "answers lost": wecom.lost,
        "taken": len(wecom.messages),
        "lost": Message.objects.exclude(state="accepted").count(),
        "twice by key": sum(times > 1 for times in shown.values()),
        "seconds": round(took, 1),
    }
    print(figures)
    assert ends == dict.fromkeys(POINTS, -signal.SIGKILL)
    assert set(Message.objects.values_list("state", flat=True)) == {"accepted"}
    assert (len(shown), shown.total()) == (PEOPLE * EACH, PEOPLE * EACH)
    assert figures["answers lost"] > PEOPLE * EACH * 0.05
    assert not Delivery.objects.filter(state="leased").exists()


def _until_stopped(child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert child.poll() is None, child.stderr and child.stderr.read().decode()[-2000:]
        if Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
            return
        time.sleep(0.05)
    raise AssertionError("it did not stop")
