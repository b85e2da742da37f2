"""kill -9 of the process that sends, at random places: every message arrives, and what may show twice says so."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from messaging.models import Delivery, Message
from tests.emulators.faults import Fault, html, reset
from tests.emulators.wecom import Call, WeComEmulator
from tests.factories import notifications as make
from tests.factories import people

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
COUNT = 24
# The child counts its own statements and kills itself at one of them, or inside the call to the provider.
CHILD = """
import os, random, signal, sys
import django
django.setup()
from django.db import connection
from messaging import channels, delivery
from messaging.channels import Outcome

seen, chance = sys.argv[1], random.Random(int(sys.argv[2]))

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Provider:
    name = "email"
    def is_connected(self):
        return True
    def send(self, outgoing):
        with open(seen, "a") as file:
            file.write(outgoing.provider_key + "\\n")
            file.flush()
            os.fsync(file.fileno())
        if chance.random() < 0.2:
            die()
        return Outcome(state="accepted", provider_id="1")

channels.CHANNELS["email"] = Provider()
left = chance.randrange(10, 120)

def count(execute, sql, params, many, context):
    global left
    left -= 1
    if left == 0:
        die()
    return execute(sql, params, many, context)

with connection.execute_wrapper(count):
    while delivery.deliver_due():
        pass
"""


def database_url() -> str:
    settings = connection.settings_dict
    host = quote(str(settings["HOST"]), safe="")
    return f"postgresql://{settings['USER']}@{host}/{settings['NAME']}"


def test_a_killed_sender_loses_nothing(tmp_path: Path) -> None:
    interview = make.house("completed")
    for number in range(COUNT):
        make.message(interview=interview, key=f"{number}")
    seen = tmp_path / "seen"
    seen.touch()
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}

    killed = 0
    for seed in range(100):
        if not Message.objects.exclude(state="accepted").exists():
            break
        child = subprocess.run(
            [sys.executable, "-c", CHILD, str(seen), str(seed)],
            env=environment, check=False, capture_output=True, timeout=60,
        )  # fmt: skip
        assert child.returncode in (0, -9), child.stderr.decode()[-2000:]
        killed += child.returncode == -9
        # A minute passes: nobody renews the leases of a dead process.
        Delivery.objects.filter(state="leased").update(lease_until=timezone.now())

    assert killed > 2
    assert set(Message.objects.values_list("state", flat=True)) == {"accepted"}
    shown = Counter(seen.read_text().split())
    assert set(shown) == set(Delivery.objects.values_list("provider_key", flat=True))
    twice = {key for key, times in shown.items() if times > 1}
    assert twice <= set(Delivery.objects.filter(is_unconfirmed=True).values_list("provider_key", flat=True))


# One process forks the senders: each kills itself at its point, the last ones send what is left.
ZYGOTE = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from messaging import delivery, outbox, outcomes
from messaging.channels import CHANNELS

channel = CHANNELS["wecom"]

def at(times):
    left = [times]
    def here(*_anything):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGSTOP if sys.point == "stopped" else signal.SIGKILL)
    return here

def around(owner, name, *, before=None, after=None):
    real = getattr(owner, name)
    def wrapped(*args, **kwargs):
        if before:
            before()
        answer = real(*args, **kwargs)
        if after:
            after()
        return answer
    setattr(owner, name, wrapped)

def arm(point):
    sys.point = point
    here = at(17)
    match point:
        case "claim": around(outbox, "lease", after=at(2))
        case "before_attempt": around(outbox, "begin", before=here)
        case "attempt": around(outbox, "begin", after=here)
        case "write": around(channel, "send", before=here)
        case "written" | "stopped": around(channel, "send", after=here)
        case "mark": around(outcomes, "finish", before=here)
        case "marked": around(outcomes, "finish", after=here)

def sender(point):
    pid = os.fork()
    if pid == 0:
        arm(point)
        for _round in range(3 if point else 1):
            while delivery.deliver_due():
                pass
        os._exit(0)
    return pid

def time_goes_by():
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE messaging_delivery SET lease_until = now() WHERE state = 'leased'")
        cursor.execute("UPDATE messaging_delivery SET due_at = now() WHERE state = 'pending'")
        cursor.execute("SELECT count(*) FROM messaging_message WHERE state <> 'accepted'")
        left = cursor.fetchone()[0]
    connection.close()
    return left

ends, stopped = [], sender("stopped")
_pid, status = os.waitpid(stopped, os.WUNTRACED)
ends.append(os.WIFSTOPPED(status))
time_goes_by()
for point in ("claim", "before_attempt", "attempt", "write", "written", "mark", "marked"):
    _pid, status = os.waitpid(sender(point), 0)
    ends.append(os.WIFSIGNALED(status))
    time_goes_by()
os.kill(stopped, signal.SIGCONT)
for _round in range(40):
    several = [sender("") for _number in range(3)]
    for pid in several:
        os.waitpid(pid, 0)
    if not time_goes_by():
        break
os.waitpid(stopped, 0)
sys.exit(0 if all(ends) else 3)
"""
MANY, COLLEAGUES = 600, 60


class Unreliable(WeComEmulator):
    """Of every ten messages one is taken without an answer, or with one that cannot be read."""

    sends = 0

    def arrived(self, call: Call) -> Fault | None:
        fault = super().arrived(call)
        if call.endpoint != "message/send":
            return fault
        self.sends += 1
        return {3: reset(takes_it=True), 13: html(takes_it=True)}.get(self.sends % 20, fault)


def test_killed_at_every_point_with_doubtful_answers_each_is_shown_once() -> None:
    """kill -9 at each named point, SIGSTOP past the lease, every tenth answer lost: none lost, none shown twice."""
    colleagues = [people.recruiter(wecom_userid=f"user-{number}") for number in range(COLLEAGUES)]
    rows = Message.objects.bulk_create(
        Message(
            kind="follow_up", audience="specialist", user=colleagues[number % COLLEAGUES], recipient_name="王小明",
            language="zh-hans", subject="请致电", body=f"第 {number} 位", due_at=timezone.now(), idem_key=f"{number}",
        )
        for number in range(MANY)
    )  # fmt: skip
    Delivery.objects.bulk_create(Delivery(message=row, channel="wecom") for row in rows)
    with Unreliable() as wecom:
        application = wecom.applications[0]
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "NO_PROXY": "127.0.0.1",
            "HRSUITE_WECOM_CORP_ID": application.corp_id,
            "HRSUITE_WECOM_AGENT_ID": str(application.agent_id),
            "HRSUITE_WECOM_SECRET": application.secret,
            "HRSUITE_WECOM_BASE_URL": wecom.base_url,
        }
        ended = subprocess.run(
            [sys.executable, "-c", ZYGOTE], env=environment, check=False, capture_output=True, timeout=110
        )
        assert ended.returncode == 0, ended.stderr.decode()[-2000:]
        shown = Counter(one.text.split("\n")[1] for one in wecom.messages if one.shown)

    assert set(Message.objects.values_list("state", flat=True)) == {"accepted"}
    assert shown == {f"第 {number} 位": 1 for number in range(MANY)}
    assert wecom.sends > MANY * 1.05
    # What may have been made twice says so in the ledger.
    assert Delivery.objects.filter(is_unconfirmed=True).count() >= MANY // 20
