"""What a cluster has taken from the queue, so that what died with it is begun again at once, and never beside itself.

The queue gives a job to somebody else only after its retry time (ten minutes, of slow jobs two hours): it does not know
whether those who took it live. On their own machine that can be known. All processes of a cluster hold one open file;
who of them asks for its lock has it for all, and the kernel takes it back with the last one that dies; one that stands
still (SIGSTOP) is not dead. Who gets the lock gives back what an earlier cluster of the machine had taken.

What a machine took that is gone comes back after the retry time: nobody can say whether it still works on it.
"""

import fcntl
import os
import time
import uuid
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.cluster import Sentinel
from django_q.conf import Conf

from core.env import home, node

# So often a job is given back before its time; what takes clusters along waits for the retry time from then on.
MOST = 3

# As the queue's own, which has two statements, with a note of who took them.
_TAKE = """
    WITH due AS (
        SELECT id FROM django_q_ormq WHERE key = %(queue)s AND lock < %(now)s
        ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE django_q_ormq AS job SET lock = %(until)s FROM due WHERE job.id = due.id
        RETURNING job.id, job.payload
    ), noted AS (
        INSERT INTO core_takenjob (queued, node, queue, run, given_back)
        SELECT id, %(node)s, %(queue)s, %(run)s, 0 FROM taken
        ON CONFLICT (queued) DO UPDATE SET node = excluded.node, queue = excluded.queue, run = excluded.run
    )
    SELECT id, payload FROM taken ORDER BY id
"""
_GIVE_BACK = """
    WITH given AS (
        UPDATE core_takenjob SET run = NULL, given_back = given_back + 1
        WHERE node = %(node)s AND queue = %(queue)s AND given_back < %(most)s AND {which}
        RETURNING queued
    )
    UPDATE django_q_ormq AS job SET lock = %(at)s FROM given WHERE job.id = given.queued AND job.lock > %(at)s
"""
_OF_ANOTHER_RUN = _GIVE_BACK.format(which="run <> %(run)s")
_OF_THIS_RUN = _GIVE_BACK.format(which="run = %(run)s AND queued = %(queued)s")
_FORGET = "DELETE FROM core_takenjob WHERE NOT EXISTS (SELECT FROM django_q_ormq WHERE id = queued)"


class _Ours:
    """The file that all processes of this cluster hold open, and the name of this start of it. `is_settled`: what
    earlier ones had taken is given back."""

    file = -1
    run = ""
    is_settled = False


def keep() -> None:
    """From now on in this process, and in those that it makes. Twice it is the same."""
    Sentinel.spawn_cluster, ORM.dequeue = _spawn_cluster, _dequeue


_their_spawn = Sentinel.spawn_cluster


def _spawn_cluster(sentinel: Sentinel) -> None:
    """As theirs, after the file is opened that they all inherit."""
    name = "-".join((node(), sentinel.queue_name(), str(connection.settings_dict["NAME"])))
    path = home() / f"jobs-{name.replace(os.sep, '_')}.lock"
    _Ours.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    _Ours.run, _Ours.is_settled = str(uuid.uuid4()), False
    _their_spawn(sentinel)


def _dequeue(broker: ORM) -> list[Any] | None:
    """The next jobs, as (number, package); after a moment None, where none is due. While another cluster of the
    machine is alive beside this one, the note says nobody."""
    broker.get_connection()  # one that is broken is replaced
    asked = {
        "queue": broker.list_key, "now": timezone.now(), "until": broker.timeout(None), "most": Conf.BULK,
        "node": node(), "run": _Ours.run if _is_locked() else None,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, asked)
        found: list[Any] = cursor.fetchall()
    if not found:
        time.sleep(Conf.POLL)
    return found or None


def settle(queue: str) -> None:
    """Give back what earlier clusters of this machine had taken, once all of them are dead; and forget what was done.
    Asked by the guard now and then."""
    with connection.cursor() as cursor:
        if not _Ours.is_settled and _is_locked():
            cursor.execute(_OF_ANOTHER_RUN, _given(queue))
            _Ours.is_settled = True
        cursor.execute(_FORGET)


def give_back(queue: str, queued: int, *, after: timedelta) -> None:
    """A worker of this cluster died over this job: in so long it is anybody's."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_THIS_RUN, _given(queue, after) | {"queued": queued})


def _given(queue: str, after: timedelta = timedelta()) -> dict[str, Any]:
    return {"node": node(), "queue": queue, "run": _Ours.run, "most": MOST, "at": timezone.now() + after}


def _is_locked() -> bool:
    """Whether the lock is this cluster's; free, it becomes so. Outside of a cluster there is none."""
    if _Ours.file < 0:
        return False
    try:
        fcntl.flock(_Ours.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
