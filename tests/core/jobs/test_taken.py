"""What died with a cluster is begun again at once by the next one of its machine, and never while anybody is at it."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.tasks import async_task

from core.jobs import clusters, killed, taken
from core.jobs.models import TakenJob
from tests.core.jobs.test_killed import DEEDS, ROOT, Cluster, _job, cluster
from tests.messaging.test_kill import database_url

__all__ = ["cluster"]
QUEUE = "slow"


class Made:
    """One start of a cluster, as its processes see it: what is called on it is done by it."""

    def __init__(self, place: Path, patch: pytest.MonkeyPatch) -> None:
        self.patch, self.run, self.is_settled = patch, str(uuid.uuid4()), False
        self.file = os.open(place / "jobs.lock", os.O_RDWR | os.O_CREAT, 0o600)

    def take(self) -> list[int]:
        self.patch.setattr(taken, "_Ours", self)
        return [number for number, _payload in taken._dequeue(ORM(list_key=QUEUE)) or []]

    def settle(self) -> None:
        self.patch.setattr(taken, "_Ours", self)
        taken.settle(QUEUE)

    def dies(self) -> None:
        os.close(self.file)


@pytest.fixture(autouse=True)
def _an_empty_queue(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    OrmQ.objects.all().delete()
    TakenJob.objects.all().delete()
    monkeypatch.setattr(Conf, "POLL", 0)
    monkeypatch.setattr(Conf, "RETRY", 7200)
    monkeypatch.setattr(Conf, "BULK", 1)


def asked(count: int = 1) -> list[int]:
    return [OrmQ.objects.create(key=QUEUE, payload="x", lock=timezone.now()).pk for _number in range(count)]


def due() -> set[int]:
    return set(OrmQ.objects.filter(lock__lte=timezone.now()).values_list("pk", flat=True))


def test_what_a_dead_cluster_had_taken_is_anybodys_and_not_before_it_is_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    first, second = Made(tmp_path, monkeypatch), Made(tmp_path, monkeypatch)
    jobs = asked(3)
    with django_assert_num_queries(1):
        assert first.take() == jobs[:1]
    assert first.take() == jobs[1:2]
    # By another machine, after the time of the first was over.
    TakenJob.objects.filter(pk=jobs[1]).update(node="hr-2")
    second.settle()
    assert due() == {jobs[2]}
    first.dies()
    second.settle()
    assert due() == {jobs[0], jobs[2]}
    assert [second.take(), second.take(), second.take()] == [[jobs[0]], [jobs[2]], []]
    second.settle()
    assert due() == set(), "its own are its own"


def test_beside_another_cluster_nothing_is_noted_that_the_other_could_give_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, beside = Made(tmp_path, monkeypatch), Made(tmp_path, monkeypatch)
    jobs = asked(2)
    assert first.take() == jobs[:1]
    OrmQ.objects.update(lock=timezone.now())  # the time of the first is over
    assert beside.take() == jobs[:1]
    first.dies()
    third = Made(tmp_path, monkeypatch)
    third.settle()
    assert due() == {jobs[1]}, "the one beside is still at it"


def test_what_takes_clusters_along_is_given_back_three_times_and_forgotten_once_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = asked()
    for _death in range(4):
        made = Made(tmp_path, monkeypatch)
        made.settle()
        took = made.take()
        made.dies()
    assert took == jobs
    last = Made(tmp_path, monkeypatch)
    last.settle()
    assert due() == set()
    assert TakenJob.objects.get().given_back == taken.MOST
    OrmQ.objects.all().delete()
    last.settle()
    assert not TakenJob.objects.exists()


@pytest.mark.parametrize(
    ("exitcode", "before", "minutes"),
    [(-9, 0, 1), (-11, 1, 10), (None, 0, 120)],
    ids=["once", "again", "lives"],
)
def test_a_job_whose_worker_died_is_begun_after_a_minute_and_one_that_may_live_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exitcode: int | None, before: int, minutes: int
) -> None:
    made, [number] = Made(tmp_path, monkeypatch), asked()
    made.take()
    for _time in range(before):
        killed.write_down(_job(id="b" * 32), how="SIGKILL")
    desk = SimpleNamespace(value=repr({**_job(), "queued": number}).replace("'", '"').encode())
    worker = SimpleNamespace(
        desk=desk, exitcode=exitcode, timer=SimpleNamespace(value=0 if exitcode is None else 5)
    )
    monkeypatch.setattr(killed, "_their_reincarnate", lambda sentinel, process: None)

    killed._reincarnate(SimpleNamespace(pool=[worker], queue_name=lambda: QUEUE), worker)

    left = OrmQ.objects.get().lock - timezone.now()
    assert left.total_seconds() == pytest.approx(60 * minutes, abs=5)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    """By the queue's own time nobody else may have what was taken for ten minutes."""
    monkeypatch.setenv("QUEUE_RETRY", "600")


@pytest.mark.slow
def test_jobs_of_a_cluster_that_was_killed_are_begun_at_once_by_the_next(
    patient: None, cluster: Cluster
) -> None:
    """kill -9 of all its processes, over two jobs and with others taken that wait."""
    names = [f"busy-{number}" for number in range(6)]
    for name in names:
        async_task(f"{DEEDS}.hold", str(cluster.place), name, 2.0)
    begins = [cluster.place / f"{name}.begins" for name in names]
    cluster.until(lambda: sum(one.exists() for one in begins) == 2 and in_hand() >= 4)

    os.killpg(cluster.run.pid or 0, signal.SIGKILL)
    at = time.monotonic()
    cluster.until(lambda: cluster.is_done(*names) and not OrmQ.objects.exists())

    assert time.monotonic() - at < 60
    assert cluster.starts == 2
    assert not any("beside" in one.read_text() for one in begins)
    assert sorted(len(one.read_text().split()) for one in begins) == [1, 1, 1, 1, 2, 2]


@pytest.mark.slow
def test_while_a_worker_of_a_killed_cluster_lives_its_job_is_nobody_elses(
    patient: None, cluster: Cluster
) -> None:
    """Another cluster is started beside; all processes of the first are killed but the one that is at it, and in the
    end that one, too."""
    begins = cluster.place / "held.begins"
    async_task(f"{DEEDS}.hold", str(cluster.place), "held", 300.0)
    cluster.until(lambda: begins.exists() and begins.read_text())
    worker = int(begins.read_text())
    processes = [cluster.run.pid or 0, *cluster.processes().values()]
    environment = {
        **os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.core.jobs.queue_settings",
    }  # fmt: skip
    beside = subprocess.Popen([sys.executable, "manage.py", "qcluster"], env=environment, cwd=ROOT)
    try:
        for pid in processes:
            if pid != worker:
                os.kill(pid, signal.SIGKILL)
        async_task(f"{DEEDS}.note", str(cluster.place), "other")
        wait_for((cluster.place / "other.done").exists)
        time.sleep(clusters.SAID_EVERY_SECONDS + 2)
        assert begins.read_text().split() == [str(worker)]

        os.kill(worker, signal.SIGKILL)
        wait_for((cluster.place / "held.done").exists)

        assert "beside" not in begins.read_text()
        assert len(begins.read_text().split()) == 2
    finally:
        beside.terminate()
        beside.wait(60)


def in_hand() -> int:
    """How many are taken by somebody."""
    return OrmQ.objects.filter(lock__gt=timezone.now()).count()


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)
