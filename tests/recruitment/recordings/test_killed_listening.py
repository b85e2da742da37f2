"""kill -9 of the worker that listens: what it was at is taken up within two minutes, and everything is done once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from django_q.tasks import async_task

from core.env import database_url
from recruitment import tasks
from recruitment.evaluation.providers import Piece, Written
from recruitment.evaluation.providers.protocol import Health
from recruitment.models import Checkpoint, EarlierScore, RubricScore, Transcript
from recruitment.recordings import orphans, storage
from recruitment.recordings.services import writing_down
from tests.emulators.listening import KEY, MODEL, ListeningServer
from tests.factories.segments import answer, recording, segment
from tests.recruitment.evaluation.scored import in_progress

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
NAME = "plays/2026-11-02/one.webm"
LIMIT = 60.0


def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@contextmanager
def cluster(name: str, url: str) -> Iterator[None]:
    """A cluster of jobs as the supervisor starts it, with this test's database, recordings and service."""
    base, _slash, _name = database_url().rpartition("/")
    env = {
        **os.environ,
        "DATABASE_URL": f"{base}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "tests.recruitment.recordings.slow_cluster",
        "HRSUITE_TEST_RECORDINGS": str(settings.STORAGES["recordings"]["OPTIONS"]["location"]),
        "HRSUITE_TEST_WORK": str(settings.WORK_ROOM),
        "HRSUITE_TRANSCRIBER": "remote", "HRSUITE_AI_URL": url, "HRSUITE_AI_KEY": KEY,
        "HRSUITE_AI_TRANSCRIPTION_MODEL": MODEL, "Q_CLUSTER_NAME": name,
    }  # fmt: skip
    command = [sys.executable, "manage.py", "qcluster", "--name", name]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def at_the_other_end(port: int) -> int:
    """The process whose connection comes from this port."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    inode = next(fields[9] for line in lines if (fields := line.split())[1].endswith(f":{port:04X}"))
    for one in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if one.readlink().name == f"socket:[{inode}]":
                return int(one.parts[2])
    raise AssertionError("nobody holds the connection")


def said(count: int) -> list[Checkpoint]:
    """The first stage of so many interviews, each answered by one recording that waits to be written down."""
    storage.put(ContentFile(b"webm"), name=NAME)
    made = []
    for _number in range(count):
        interview = in_progress()
        interview.consents.create(attempt=1, kind="ai_evaluation", version="test", given=True)
        given = answer(interview, finished_at=timezone.now())
        row = recording(segment(given, pieces=0), stored_name=NAME, seconds=4)
        Transcript.objects.create(recording=row, file=NAME)
        made.append(
            interview.checkpoints.create(attempt=1, stage=given.question.stage, saved_at=timezone.now())
        )
    return made


def states() -> list[Any]:
    return sorted(Transcript.objects.values_list("state", "tries"))


def test_nothing_is_done_twice_or_lost() -> None:
    checkpoints = said(3)
    with ListeningServer() as server, cluster("slow", server.url):
        server.waits.clear()
        async_task("recruitment.tasks.write_down_recordings", cluster="slow")
        until(lambda: server.asked, "nobody began to listen")
        os.kill(at_the_other_end(server.asked[0]["port"]), signal.SIGKILL)
        server.waits.set()
        assert states() == [("owed", 0), ("owed", 0), ("owed", 1)]

        # A new worker takes what nobody has claimed, and leaves what somebody may still be at.
        async_task("recruitment.tasks.write_down_recordings", cluster="slow")
        until(lambda: Transcript.objects.filter(state="written").count() == 2, "no worker followed")
        assert states() == [("owed", 1), ("written", 1), ("written", 1)]
        assert len(server.asked) == 3

        # Nobody says any more that somebody is at it: within a minute it is anybody's.
        left = Transcript.objects.get(state="owed").claimed_until
        assert left and left - timezone.now() <= writing_down.CLAIM
        Transcript.objects.filter(state="owed").update(claimed_until=timezone.now() - timedelta(seconds=1))
        async_task("recruitment.tasks.write_down_recordings", cluster="slow")
        until(lambda: not Transcript.objects.filter(state="owed").exists(), "it was lost")
        assert states() == [("written", 1), ("written", 1), ("written", 2)]
        assert len(server.asked) == 4

    for _time in range(2):
        for checkpoint in checkpoints:
            tasks.score_checkpoint(checkpoint.pk)
    assert RubricScore.objects.count() == 2 * len(checkpoints)
    assert set(RubricScore.objects.values_list("method", flat=True)) == {"rubric-coverage/1"}
    assert not EarlierScore.objects.exists()
    # What the killed one was at lies where it was until the sweep.
    with time_machine.travel(timezone.now() + orphans.GRACE + timedelta(minutes=1), tick=False):
        assert tasks.sweep_orphans() == 1


class Slow:
    """Listens for longer than a claim lasts, and says what others could have claimed meanwhile."""

    name, sends_data_out = MODEL, False

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.meanwhile = meanwhile
        self.seen: list[Any] = []

    def health(self) -> Health:
        return Health(works=True)

    def transcribe(self, _recording: Path) -> Written:
        for _turn in range(6):
            time.sleep(0.1)
            self.seen.append(self.meanwhile())
        return Written("zh", MODEL, 4, (Piece(0, 4, "我负责报表"),))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims of a third of a second, renewed every twentieth."""
    monkeypatch.setattr(writing_down, "CLAIM", timedelta(seconds=0.3))
    monkeypatch.setattr(writing_down, "RENEW_EVERY", 0.05)


@pytest.mark.usefixtures("quick")
def test_who_listens_for_long_is_left_alone() -> None:
    said(1)
    row = Transcript.objects.get()
    slow = Slow(writing_down.due)
    assert writing_down.write_down(transcript_id=row.pk, listener=slow) is True
    assert slow.seen == [[]] * 6
    assert states() == [("written", 1)]


@pytest.mark.usefixtures("quick")
def test_a_claim_that_was_lost_is_not_taken_back_and_writes_nothing() -> None:
    said(1)
    row = Transcript.objects.get()
    others = timezone.now() + timedelta(hours=1)

    def claimed_by_another() -> None:
        Transcript.objects.filter(pk=row.pk).update(claimed_until=others, tries=2)

    assert writing_down.write_down(transcript_id=row.pk, listener=Slow(claimed_by_another)) is False
    row.refresh_from_db()
    assert (row.state, row.claimed_until, row.tries, row.pieces) == ("owed", others, 2, None)
