"""Who takes jobs, machine by machine: the guard of each cluster says it, and any machine sees where jobs wait in vain.

A supervisor sees that its own processes live. It does not see that a living cluster takes nothing, and no machine sees
the processes of another; the queue and these rows are seen by all.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from core.env import node
from core.jobs import killed, taken

SAID_EVERY_SECONDS = 15.0
# Whoever has said nothing for so long is not at the job any more that it had in hand.
SILENT_AFTER = timedelta(minutes=2)
# The longest that a job may lie there while those who could take it do nothing.
PATIENCE = timedelta(minutes=10)

_SAY = """
    INSERT INTO core_jobscluster (node, queue, seen_at, took_at, in_hand)
    VALUES (%(node)s, %(queue)s, now(), now() - make_interval(secs => %(idle)s), %(in_hand)s)
    ON CONFLICT (node, queue) DO UPDATE
    SET seen_at = excluded.seen_at, took_at = excluded.took_at, in_hand = excluded.in_hand
"""
# Each queue in which a job has waited so long, with its clusters that neither took one nor are at one; without a node
# where nobody is there to take it. Just after a gap in which nobody was heard everybody is still coming. A column for
# whoever reads other things, too: `read` knows it, its parameters are `asked`.
IN_VAIN = """
    (
        WITH waiting AS (
            SELECT key AS queue, count(*) AS jobs, min(lock) AS since
            FROM django_q_ormq WHERE lock <= now()
            GROUP BY key HAVING min(lock) < now() - make_interval(secs => %(patience)s)
        ),
        vain AS (
            SELECT waiting.queue, waiting.jobs, cluster.node,
                extract(epoch FROM now() - greatest(waiting.since, cluster.took_at))::float8 AS seconds
            FROM waiting LEFT JOIN core_jobscluster AS cluster ON cluster.queue = waiting.queue
            WHERE NOT EXISTS (SELECT FROM events_pulse WHERE held_until > now())
                AND (
                    cluster.id IS NULL
                    OR cluster.took_at < now() - make_interval(secs => %(patience)s)
                    AND (cluster.in_hand = 0 OR cluster.seen_at < now() - make_interval(secs => %(silent)s))
                )
            ORDER BY waiting.queue, cluster.node
        )
        SELECT json_agg(vain)::text FROM vain
    )
"""


@dataclass
class Saying:
    """What a guard says of its cluster, and does for the jobs of those before it, every quarter of a minute. A database
    that is away is told the next time."""

    sentinel: Any
    said_at: float = field(default=float("-inf"))

    def __call__(self) -> None:
        """Asked with every round of the guard."""
        now = time.monotonic()
        if now - self.said_at < SAID_EVERY_SECONDS:
            return
        self.said_at = now
        at_it = [one for one in self.sentinel.pool if one.desk.value]
        with _unless_it_is_away():
            self._do(_SAY, idle=max(0.0, now - killed.took_at()), in_hand=len(at_it))
            taken.settle(self.sentinel.queue_name())

    def leave(self) -> None:
        """This cluster stops in order: nobody waits for it."""
        with _unless_it_is_away():
            self._do("DELETE FROM core_jobscluster WHERE node = %(node)s AND queue = %(queue)s")

    def _do(self, statement: str, **values: Any) -> None:
        values |= {"node": node(), "queue": self.sentinel.queue_name()}
        with connection.cursor() as cursor:
            cursor.execute(statement, values)


@contextmanager
def _unless_it_is_away() -> Iterator[None]:
    try:
        yield
    except (DatabaseError, InterfaceError):
        with suppress(DatabaseError, InterfaceError):
            connection.close()


@dataclass(frozen=True, slots=True)
class InVain:
    """Jobs that wait while those of one machine take none for so many seconds. `node` empty: nobody takes them."""

    cluster: str
    jobs: int
    node: str
    seconds: int


def asked() -> dict[str, float]:
    """What IN_VAIN is asked with."""
    return {"patience": PATIENCE.total_seconds(), "silent": SILENT_AFTER.total_seconds()}


def read(found: str | None) -> Iterator[InVain]:
    """What IN_VAIN found: where jobs wait, and who could take them and does not."""
    for one in json.loads(found or "[]"):
        yield InVain(named(one["queue"]), one["jobs"], one["node"] or "", int(one["seconds"]))


def named(queue: str) -> str:
    """The cluster of that queue, as the supervisor calls it."""
    return "jobs" if queue == settings.Q_CLUSTER["name"] else f"jobs-{queue}"


def forget(*, older_than: timedelta) -> int:
    """Machines that are gone are not named for ever; how many rows went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM core_jobscluster WHERE seen_at < now() - make_interval(secs => %s)",
            [older_than.total_seconds()],
        )
        return cursor.rowcount
