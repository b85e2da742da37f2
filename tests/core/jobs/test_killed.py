"""kill -9 of each single process of the queue, and a job that kills its own: nothing queued is lost, none for ever."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing import Event, Queue
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import Failure, OrmQ, Schedule, Success, Task
from django_q.pusher import pusher
from django_q.tasks import async_task

from core.jobs import killed
from core.process.children import Child, Run
from core.trouble import jobs
from core.trouble.found import Found
from tests.messaging.test_kill import database_url

DEEDS = "tests.core.jobs.deeds"
ROOT = Path(__file__).resolve().parents[3]


class Cluster:
    """The real `manage.py qcluster`, started anew when it ends, as the supervisor does."""

    def __init__(self, place: Path) -> None:
        environment = {
            **os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.core.jobs.queue_settings",
        }  # fmt: skip
        command = [sys.executable, "manage.py", "qcluster"]
        child = Child("jobs", lambda: command, options={"env": environment, "cwd": ROOT})
        self.place, self.run, self.starts = place, Run(child, place), 1
        self.run.start()

    def keep(self) -> None:
        """What the supervisor does each tick."""
        if self.run.ended() is not None:
            self.run.bury()
            self.run.start()
            self.starts += 1

    def until(self, true: Callable[[], object], limit: float = 120.0) -> None:
        deadline = time.monotonic() + limit
        while not true():
            assert time.monotonic() < deadline, (self.place / "jobs.log").read_text()[-3000:]
            self.keep()
            time.sleep(0.1)

    def processes(self) -> dict[str, int]:
        """By what they are, once all are there: the sentinel makes two workers first, then monitor and pusher."""
        for sentinel in _children(self.run.pid or 0):
            if len(inner := sorted(_children(sentinel))) == 4:
                return {
                    "sentinel": sentinel,
                    **dict(zip(("worker", "other", "monitor", "pusher"), inner, strict=True)),
                }
        return {}

    def is_done(self, *names: str) -> bool:
        return all((self.place / f"{name}.done").exists() for name in names)

    def pid_of(self, name: str) -> int:
        """Of the worker that has it in hand."""
        begun = self.place / f"{name}.begun"
        self.until(lambda: begun.exists() and begun.read_text())
        return int(begun.read_text())

    def ask(self, *names: str, seconds: float = 0.0) -> None:
        for name in names:
            async_task(f"{DEEDS}.note", str(self.place), name, seconds)


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


@pytest.fixture
def cluster(tmp_path: Path, db: None, transactional_db: None) -> Iterator[Cluster]:
    OrmQ.objects.all().delete()
    Schedule.objects.all().delete()
    Task.objects.all().delete()
    made = Cluster(tmp_path)
    yield made
    os.killpg(made.run.pid or 0, signal.SIGKILL)
    made.run.bury()


@pytest.mark.slow
def test_each_process_of_the_queue_is_killed_in_turn_and_all_that_was_asked_is_done(cluster: Cluster) -> None:
    """Each while it waits, and a worker over a job: what is asked before and afterwards is done, and none is left."""
    cluster.ask("first")
    cluster.until(lambda: cluster.is_done("first"))
    asked = ["first"]
    for victim in ("worker", "monitor", "pusher", "sentinel"):
        cluster.until(cluster.processes)
        os.kill(cluster.processes()[victim], signal.SIGKILL)
        names = [f"{victim}-{number}" for number in range(4)]
        asked += names
        cluster.ask(*names)
        cluster.until(lambda names=names: cluster.is_done(*names))  # type: ignore[misc]
    cluster.ask("busy", seconds=1.5)
    os.kill(cluster.pid_of("busy"), signal.SIGKILL)
    cluster.ask("beside")
    cluster.until(lambda: cluster.is_done("busy", "beside"))
    asked += ["busy", "beside"]

    cluster.until(lambda: not OrmQ.objects.exists())

    assert {task.args[1] for task in Success.objects.all()} == set(asked)
    assert list(Failure.objects.all()) == [], "the job that was killed ended well in the end"
    assert list(jobs.killed_over()) == []


@pytest.mark.slow
def test_a_job_that_takes_its_worker_along_is_said_and_not_started_for_ever(cluster: Cluster) -> None:
    """Asked for anew each time, as a schedule does; other jobs go on, and deleting its lines starts it again."""
    deaths = cluster.place / "poison.deaths"

    def started() -> int:
        return len(deaths.read_text().split()) if deaths.exists() else 0

    for number in range(1, 4):
        async_task(f"{DEEDS}.die", str(cluster.place), "poison")
        cluster.until(lambda number=number: killed.times(_group()) >= number)  # type: ignore[misc]
    # The fourth one, and what is still owed of the first three, find that it is not started any more.
    async_task(f"{DEEDS}.die", str(cluster.place), "poison")
    cluster.ask("beside")
    cluster.until(lambda: cluster.is_done("beside") and not OrmQ.objects.exists())

    assert started() == 3
    [result] = {task.result for task in Failure.objects.all()}
    assert result == "Its process was ended by SIGKILL while it ran."
    assert list(jobs.killed_over()) == [Found("job_stopped", {"jobs": f"{DEEDS}.die"})]
    assert cluster.starts == 1, "a worker that was killed over a job leaves the others at work"
    Failure.objects.all().delete()
    async_task(f"{DEEDS}.die", str(cluster.place), "poison")
    cluster.until(lambda: started() == 4 and killed.times(_group()) == 1)
    assert list(jobs.killed_over()) == [Found("job_killed", {"jobs": f"{DEEDS}.die"})]


def _group() -> str:
    return str(Failure.objects.values_list("group", flat=True).first() or "")


@pytest.mark.django_db(transaction=True)
def test_what_waited_when_the_secret_key_was_changed_is_said_to_be_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The queue's own pusher reads one that it can and two that it cannot."""
    OrmQ.objects.all().delete()
    Task.objects.all().delete()
    monkeypatch.setattr(ORM, "fail", killed._fail)
    for name in ("one", "two"):
        async_task(f"{DEEDS}.note", "/nowhere", name)
    monkeypatch.setattr(Conf, "SECRET_KEY", "another key of this installation")
    async_task(f"{DEEDS}.note", "/nowhere", "three")
    taken, over = Queue(), Event()
    pushing = threading.Thread(target=pusher, args=(taken, over, get_broker()))

    pushing.start()
    read = [taken.get(timeout=20)]
    over.set()
    pushing.join(20)

    assert [one["args"][1] for one in read] == ["three"]
    assert {(one.func, one.group, one.success) for one in Task.objects.all()} == {("?", "lost", False)}
    assert list(jobs.lost()) == [Found("job_lost", {"count": 2})]
    assert OrmQ.objects.count() == 1
    Failure.objects.all().delete()
    assert list(jobs.lost()) == []


def _job(**changes: Any) -> dict[str, Any]:
    started = timezone.now().isoformat()
    return {
        "id": "a" * 32,
        "name": "n",
        "func": "a.b",
        "started": started,
        "group": "killed:1:a.b",
        **changes,
    }


@pytest.mark.django_db
def test_deaths_are_counted_for_a_day_and_by_what_was_asked() -> None:
    killed.write_down(_job(), how="SIGKILL")
    killed.write_down(_job(), how="SIGSEGV")
    killed.write_down(_job(id="b" * 32), how="SIGKILL")
    killed.write_down(_job(id="c" * 32, group="killed:2:a.b"), how="SIGKILL")

    assert (killed.times("killed:1:a.b"), killed.times("killed:2:a.b"), killed.times("killed:3:a.b")) == (
        3,
        1,
        0,
    )
    assert [one.code for one in jobs.killed_over()] == ["job_stopped", "job_killed"]
    Failure.objects.filter(pk="a" * 32).update(stopped=timezone.now() - timedelta(hours=24, seconds=1))
    assert killed.times("killed:1:a.b") == 1
