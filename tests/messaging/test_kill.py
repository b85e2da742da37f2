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
from tests.factories import notifications as make

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
