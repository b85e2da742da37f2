"""Jobs whose worker was ended by force: said at once, not started for ever, and no queue left shut behind them.

The queue counts only tries that end. A job that takes its worker along (memory that ran out, a library's crash) would
be started anew for as long as it is there, and nothing would say so. And a process of the queue that is killed while
it waits for work keeps the lock by which the next one would read: the cluster would look alive and do nothing.

So each worker says in memory that it shares with the sentinel what it has in hand. Killed over a job, that is written
among the failed jobs, and it is begun again after a minute, the next time after ten; at the third time within a day the
job is not started any more until the day is over, it ended well, or somebody deleted the lines of it there. Killed
without one, the cluster ends: its supervisor starts it anew, and what was taken in hand and not done is done again at
once (`core.jobs.taken`).

What the queue cannot read, because the suite's secret key was changed while it waited, it throws away: that stands
among the failed jobs, too. Nobody can say which job it was.
"""

import hashlib
import json
import logging
import multiprocessing
import os
import signal
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db.models import F, Sum
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.cluster import Sentinel
from django_q.conf import Conf
from django_q.models import Failure, OrmQ, Task
from django_q.signals import post_execute_in_worker, pre_execute
from django_q.utils import get_func_repr

from core.jobs import taken

MOST, WITHIN = 3, timedelta(hours=24)
# After the first time, and after those that follow; never later than the queue's own retry time.
AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=10))
# Of the failed jobs, those that took their worker along; what was asked of them is no part of it.
GROUP = "killed:"
SAID = "Its process was ended by %(how)s while it ran."
LOST, UNKNOWN = "lost", "?"
LONGEST = 1000
# Not zero: the supervisor's log says that it was no proper end.
A_QUEUE_IS_SHUT = 3

logger = logging.getLogger(__name__)


class _Desk:
    """What the worker of this process has in hand, as the sentinel sees it; and whether the job was killed before.

    `took`: when any worker of the cluster last began or ended a job, by the clock that nobody can set.
    """

    shared: Any = None
    took: Any = None
    was_killed = ""


def keep() -> None:
    """From now on in this process, and in those that it makes. Twice it is the same."""
    Sentinel.spawn_worker, Sentinel.reincarnate = _spawn_worker, _reincarnate
    ORM.fail = _fail
    pre_execute.connect(_begins, dispatch_uid="core.jobs.killed.begins")
    post_execute_in_worker.connect(_ends, dispatch_uid="core.jobs.killed.ends")


_their_fail = ORM.fail
_their_spawn, _their_reincarnate = Sentinel.spawn_worker, Sentinel.reincarnate


def _spawn_worker(sentinel: Sentinel) -> None:
    """As theirs, with a desk that the new process inherits."""
    _Desk.shared = multiprocessing.Array("c", LONGEST, lock=False)
    if _Desk.took is None:
        _Desk.took = multiprocessing.Value("d", time.monotonic(), lock=False)
    _their_spawn(sentinel)
    sentinel.pool[-1].desk = _Desk.shared


def took_at() -> float:
    """When a worker of this cluster last began or ended a job, on this machine's clock that nobody can set."""
    return float(_Desk.took.value)


def _reincarnate(sentinel: Sentinel, process: Any) -> None:
    """As theirs, after what was in its hands is written down; or the end of the cluster."""
    in_hand = bytes(process.desk.value) if process in sentinel.pool else b""
    by = process.exitcode
    is_killed = by is not None and by < 0
    if in_hand and (is_killed or process.timer.value == 0):
        with suppress(Exception):
            job = json.loads(in_hand)
            write_down(job, how=signal.Signals(-by).name if is_killed else "SIGTERM")
            # One that was only asked to end may still be at it.
            if is_killed:
                after = AGAIN_AFTER[times(job["group"]) > 1]
                taken.give_back(
                    sentinel.queue_name(), job["queued"], after=min(after, timedelta(seconds=Conf.RETRY))
                )
    elif is_killed:
        logger.critical("a process of the queue was killed while it waited: the cluster starts anew")
        os._exit(A_QUEUE_IS_SHUT)
    _their_reincarnate(sentinel, process)


def write_down(job: dict[str, Any], *, how: str) -> None:
    """One more time that this job took its worker along, by which signal, where people look for failed jobs."""
    words = {
        "result": SAID % {"how": how},
        "stopped": timezone.now(),
        "success": False,
        "group": job["group"],
    }
    if Task.objects.filter(pk=job["id"]).update(**words, attempt_count=F("attempt_count") + 1):
        return
    Task.objects.create(
        id=job["id"], name=job["name"], func=job["func"], started=job["started"], attempt_count=1, **words
    )


def _fail(broker: ORM, queued: int) -> None:
    """As theirs, after it is written down that something was lost."""
    now = timezone.now()
    Task.objects.create(
        id=uuid.uuid4().hex, name=f"queued-{queued}", func=UNKNOWN, group=LOST, started=now, stopped=now,
        result="It could not be read: the suite's secret key is another one.", success=False, attempt_count=1,
    )  # fmt: skip
    _their_fail(broker, queued)


def times(group: str) -> int:
    """How often within a day the job took its worker along, since it last ended well."""
    found = Failure.objects.filter(group=group, stopped__gt=timezone.now() - WITHIN)
    return int(found.aggregate(times=Sum("attempt_count"))["times"] or 0)


def _begins(task: dict[str, Any], **_signal: Any) -> None:
    """Said before it begins; or, at a job that is not started any more, the end of this worker instead of its."""
    asked = repr((task["args"], sorted(task["kwargs"].items())))
    digest = hashlib.sha256(asked.encode()).hexdigest()[:16]
    func = get_func_repr(task["func"])
    job = {
        "id": task["id"],
        "name": task["name"],
        "func": func,
        "started": task["started"].isoformat(),
        "queued": task.get("ack_id"),
        "group": f"{GROUP}{digest}:{func}"[:100],
    }
    before = times(job["group"])
    if before >= MOST and "ack_id" in task:
        OrmQ.objects.filter(pk=task["ack_id"]).delete()
        logger.critical("job %s took its worker along %s times: it is not started", func, before)
        # The queue has no other way to leave a job out.
        raise SystemExit(0)
    _Desk.was_killed = job["group"] if before else ""
    if _Desk.shared is not None:
        _Desk.shared.value = json.dumps(job).encode()[: LONGEST - 1]
        _Desk.took.value = time.monotonic()


def _ends(task: dict[str, Any], **_signal: Any) -> None:
    """It came to an end of its own; a good one makes up for those of before."""
    if _Desk.shared is not None:
        _Desk.shared.value = b""
        _Desk.took.value = time.monotonic()
    if _Desk.was_killed and task.get("success"):
        Failure.objects.filter(group=_Desk.was_killed).update(group="")
    _Desk.was_killed = ""
