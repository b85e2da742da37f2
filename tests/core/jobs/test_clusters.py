"""Jobs that wait while a machine's cluster takes none: seen from every machine, and by no machine of one that works."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from django_q.models import OrmQ, Success, Task
from django_q.tasks import async_task

from core.env import node
from core.events.models import Pulse
from core.gauges import troubles
from core.jobs import clusters, killed
from core.jobs.models import JobsCluster
from core.jobs.tasks import tidy
from core.trouble import looking, words
from core.trouble.found import Found
from people.enums import Role
from tests.core.jobs.test_killed import DEEDS, ROOT, Cluster, _children, cluster
from tests.factories import people
from tests.messaging.test_kill import database_url

__all__ = ["cluster"]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _an_empty_queue(db: None) -> None:
    OrmQ.objects.all().delete()


def says(node: str, *, took: int, seen: int = 0, in_hand: int = 0, queue: str = "slow") -> None:
    """A row of so many minutes ago."""
    now = timezone.now()
    JobsCluster.objects.create(
        node=node, queue=queue, took_at=now - took * MINUTE, seen_at=now - seen * MINUTE, in_hand=in_hand
    )


def waits(minutes: float, *, queue: str = "slow", count: int = 1) -> None:
    """Jobs that were asked for so many minutes ago; less than none: they were taken in hand."""
    lock = timezone.now() - minutes * MINUTE
    OrmQ.objects.bulk_create(OrmQ(key=queue, payload="x", lock=lock) for _number in range(count))


def found() -> list[dict[str, Any]]:
    return [one.facts for one in looking.standing() if one.code in ("jobs_idle", "jobs_nobodys")]


def idle() -> list[tuple[str, str, int, int]]:
    """(cluster, machine, how many jobs wait, for how many minutes it took none); no machine and 0: nobody's."""
    return [
        (one["cluster"], one.get("node", ""), one["count"], round(one.get("seconds", 0) / 60))
        for one in found()
    ]


def test_a_machine_is_named_that_takes_nothing_while_jobs_wait_and_no_other() -> None:
    says("stalled", took=25)
    says("works", took=3)
    # A long job is no standstill, as long as its guard says that it goes on.
    says("busy", took=25, in_hand=1)
    says("lost its power", took=40, seen=38, in_hand=1)
    says("other queue", took=25, queue="hrsuite")
    assert idle() == []
    waits(9)
    assert idle() == [], "a queue may be long for a while"
    waits(15, count=2)
    assert idle() == [("jobs-slow", "lost its power", 3, 15), ("jobs-slow", "stalled", 3, 15)]
    waits(600, queue="hrsuite")
    assert idle()[0] == ("jobs", "other queue", 1, 25), "as long as it took none"
    OrmQ.objects.update(lock=timezone.now() + timedelta(hours=2))
    assert idle() == [], "what somebody has in hand does not wait"


def test_where_nobody_takes_jobs_it_is_said_but_not_while_the_suite_is_still_coming() -> None:
    waits(15, count=2)
    assert idle() == [("jobs-slow", "", 2, 0)]
    beat = Pulse.objects.create(
        name="room", at=timezone.now(), held_until=timezone.now() + timedelta(seconds=20)
    )
    assert idle() == []
    beat.held_until = timezone.now() - timedelta(seconds=1)
    beat.save()
    assert idle() == [("jobs-slow", "", 2, 0)]
    says("hr-2", took=0)
    assert idle() == []


def test_the_administrator_reads_which_machine_and_for_how_long(django_assert_num_queries: Any) -> None:
    says("hr-2", took=25)
    says("hr-2", took=25, queue="hrsuite")
    waits(15)
    waits(15, queue="hrsuite")
    with django_assert_num_queries(1):
        assert idle() == [("jobs", "hr-2", 1, 15), ("jobs-slow", "hr-2", 1, 15)]
    assert [labels for labels, _one in troubles() if labels[1] == "jobs_idle"] == [("hr-2", "jobs_idle")]
    client = Client()
    client.force_login(people.user(Role.ADMINISTRATOR))
    page = client.get("/admin/").text
    assert "hr-2 · jobs-slow 已有15 分钟没有领取任务，仍在排队的任务：1 个" in page
    with translation.override("en"):
        assert words.sentence(Found("jobs_nobodys", {"cluster": "jobs-slow", "count": 3})) == (
            "Jobs wait and no machine takes them: none runs jobs-slow (3). Start one whose --only has jobs."
        )


def test_a_machine_that_is_gone_is_forgotten_after_a_day() -> None:
    says("gone", took=1500, seen=1441)
    says("away", took=1500, seen=1439)
    tidy()
    assert list(JobsCluster.objects.values_list("node", flat=True)) == ["away"]


def test_a_guard_says_how_many_jobs_are_in_hand_and_when_one_was_taken(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    workers = [SimpleNamespace(desk=SimpleNamespace(value=value)) for value in (b"{}", b"")]
    says_it = clusters.Saying(SimpleNamespace(pool=workers, queue_name=lambda: "slow"))
    monkeypatch.setattr(killed._Desk, "took", multiprocessing.Value("d", time.monotonic() - 60, lock=False))
    says_it()
    row = JobsCluster.objects.get()
    assert (row.node, row.queue, row.in_hand) == (node(), "slow", 1)
    assert (row.seen_at - row.took_at).total_seconds() == pytest.approx(60, abs=1)
    with django_assert_num_queries(0):
        says_it()  # not so soon again
    says_it.leave()
    assert not JobsCluster.objects.exists()


@pytest.mark.slow
def test_a_cluster_that_stands_still_is_seen_and_one_that_goes_on_or_stops_is_not(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real one: its row while it works, its workers stopped, and going on; and no row once it stops in order."""
    JobsCluster.objects.all().delete()
    cluster.until(JobsCluster.objects.exists)
    began = JobsCluster.objects.get()
    assert (began.node, began.queue, began.in_hand) == (node(), "hrsuite", 0)
    cluster.ask("first")
    cluster.until(lambda: JobsCluster.objects.get().took_at > began.took_at)

    cluster.until(cluster.processes)
    stopped = [cluster.processes()[name] for name in ("worker", "other")]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    cluster.ask(*(f"waits-{number}" for number in range(8)))
    monkeypatch.setattr(clusters, "PATIENCE", timedelta(seconds=4))
    cluster.until(lambda: [one["node"] for one in found()] == [node()])
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)
    cluster.until(lambda: not OrmQ.objects.exists())
    assert found() == []

    os.kill(cluster.run.pid or 0, signal.SIGTERM)
    deadline = timezone.now() + timedelta(seconds=60)
    while JobsCluster.objects.exists():
        assert timezone.now() < deadline, _children(cluster.run.pid or 0)
        connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("victims", ["everything", "workers"])
def test_slow_jobs_that_stand_still_are_started_anew_and_no_job_is_lost(
    tmp_path: Path, transactional_db: None, victims: str
) -> None:
    """The supervisor over the real cluster, with a patience of seconds, and a real SIGSTOP."""
    Task.objects.all().delete()
    JobsCluster.objects.all().delete()
    environment = {
        **os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.core.jobs.queue_settings",
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.core.jobs.keeping", str(tmp_path)]
    supervisor = subprocess.Popen(command, env=environment, cwd=ROOT)

    def until(true: Callable[[], object], limit: float = 240.0) -> None:
        deadline = time.monotonic() + limit
        while not true():
            assert time.monotonic() < deadline, (tmp_path / "log" / "jobs-slow.log").read_text()[-3000:]
            time.sleep(0.1)

    def cluster_pid() -> int:
        """Of the qcluster that runs now, 0 while none does."""
        children = [one for one in _children(supervisor.pid) if "qcluster" in _command_of(one)]
        return children[0] if children else 0

    def ask(*names: str) -> None:
        for name in names:
            async_task(f"{DEEDS}.note", str(tmp_path), name, cluster="slow")

    try:
        ask("first")
        until((tmp_path / "first.done").exists)
        first = cluster_pid()
        [sentinel] = _children(first)
        stopped = [first, sentinel, *_children(sentinel)] if victims == "everything" else _children(sentinel)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        asked = [f"waits-{number}" for number in range(4)]
        ask(*asked)

        until(lambda: all((tmp_path / f"{name}.done").exists() for name in asked))

        assert cluster_pid() not in (0, first), "the supervisor has started it anew"
        until(lambda: not OrmQ.objects.exists())
        assert {task.args[1] for task in Success.objects.all()} == {"first", *asked}
        assert not any(Path(f"/proc/{pid}").exists() for pid in stopped), "nothing of the first one is left"
    finally:
        supervisor.terminate()
        supervisor.wait(60)


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
