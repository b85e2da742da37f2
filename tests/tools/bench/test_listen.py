"""Who is killed while recordings are written down: whoever is at one, as often as asked, and nobody who rests."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone
from django_q.models import Failure

from core.jobs import killed
from recruitment.models import Transcript
from recruitment.recordings.services import writing_down
from tests.factories.segments import answer, recording, segment
from tests.recruitment.evaluation.scored import in_progress
from tools.bench.listen import LISTENING, Kills
from tools.bench.uploads import descendants

pytestmark = pytest.mark.django_db
# A cluster whose sentinel has two workers: one that works, or rests; and one that always rests.
CLUSTER = """
import subprocess, sys
subprocess.run([sys.executable, "-c", *sys.argv[1:]])
"""
SENTINEL = """
import subprocess, sys, time
children = [subprocess.Popen([sys.executable, "-c", code]) for code in (sys.argv[1], "import time; time.sleep(60)")]
for child in children:
    child.wait()
"""
BUSY, RESTING = "while True: pass", "import time; time.sleep(60)"


@contextmanager
def cluster(does: str) -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", CLUSTER, SENTINEL, does])
    try:
        deadline = time.monotonic() + 20
        while len(descendants(process.pid)) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process.pid
    finally:
        for one in (*descendants(process.pid), process.pid):
            subprocess.run(["kill", "-9", str(one)], check=False, capture_output=True)
        process.wait()


def claimed() -> Transcript:
    row = recording(segment(answer(in_progress()), pieces=0), stored_name="plays/x.webm", seconds=4)
    later = timezone.now() + writing_down.CLAIM
    return Transcript.objects.create(recording=row, file="plays/x.webm", claimed_until=later, tries=1)


def looked(kills: Kills, row: Transcript, pid: int, *, looks: int = 4, until: int = -1) -> int:
    """How many were killed after so many looks of half a second, or as soon as it were so many."""
    for _turn in range(looks):
        kills.look([row.pk], pid, since=0.5)
        if kills.cut_off.total() == until:
            break
        time.sleep(0.5)
    return kills.cut_off.total()


def killed_by(kills: Kills, row: Transcript, pid: int, number: int) -> bool:
    """On a busy machine it takes a while until somebody has shown to be at it."""
    return looked(kills, row, pid, looks=40, until=number) == number


def test_whoever_is_at_it_is_killed_once_for_each_claim_and_who_rests_is_not() -> None:
    row = claimed()
    kills = Kills(2, 0.0, Random(1))
    with cluster(RESTING) as pid:
        assert looked(kills, row, pid) == 0
    with cluster(BUSY) as pid:
        assert killed_by(kills, row, pid, 1)
        assert len(descendants(pid)) == 3, (
            "the sentinel and the one that rests live, and nobody has buried the other"
        )
    with cluster(BUSY) as pid:
        assert looked(kills, row, pid) == 1, "it has not been claimed anew since"
        Transcript.objects.update(claimed_until=timezone.now() + writing_down.CLAIM + timedelta(seconds=1))
        assert killed_by(kills, row, pid, 2)
    Transcript.objects.update(claimed_until=timezone.now() + 2 * writing_down.CLAIM)
    with cluster(BUSY) as pid:
        assert looked(kills, row, pid) == 2, "as often as was asked for"
    assert dict(kills.cut_off) == {row.pk: 2}


def test_a_job_that_ended_two_workers_is_left_alone() -> None:
    """A third would end it for the day."""
    row = claimed()
    now = timezone.now()
    Failure.objects.create(
        id="x", name="x", func=LISTENING, group=f"{killed.GROUP}1:{LISTENING}", started=now, stopped=now,
        success=False, attempt_count=killed.MOST - 1,
    )  # fmt: skip
    with cluster(BUSY) as pid:
        kills = Kills(1, 0.0, Random(1))
        assert looked(kills, row, pid) == 0
        Failure.objects.update(group="")
        assert killed_by(kills, row, pid, 1)
