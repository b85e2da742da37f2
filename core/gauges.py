"""The ground's figures: what is owed, the queues of jobs, signs of life, the database and the disk."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django_q.models import OrmQ

from core.checks.models import Check
from core.env import node
from core.events import pulse
from core.events.models import Reaction, ReactionState
from core.jobs.models import LongWork
from core.metrics.reading import MOST_COUNTED, Gauge, Value
from core.trouble import looking
from core.version import VERSION


def version() -> Iterator[Value]:
    """Which release answers."""
    yield (VERSION,), 1


def reactions() -> Iterator[Value]:
    """By the index of the unfinished ones."""
    counted = Counter(_owed().values_list("state", flat=True))
    for state in (ReactionState.PENDING, ReactionState.FAILED):
        yield (str(state),), counted[state]


def oldest_reaction() -> Iterator[Value]:
    """How long the oldest of them has been owed."""
    events: list[datetime] = list(_owed().values_list("event__at", flat=True))
    yield (), (timezone.now() - min(events)).total_seconds() if events else 0


def _owed() -> QuerySet[Reaction]:
    return Reaction.objects.exclude(state=ReactionState.DONE).order_by()[:MOST_COUNTED]


def works() -> Iterator[Value]:
    """By the index of those that are owed."""
    counted = Counter(LongWork.objects.owed().order_by().values_list("state", flat=True)[:MOST_COUNTED])
    for state in ("waiting", "running", "failed"):
        yield (state,), counted[state]


def queued() -> Iterator[Value]:
    """Of each cluster: what waits for a worker, and what a worker has in hand."""
    now = timezone.now()
    counted = Counter((key, "waiting" if free <= now else "in_hand") for key, free in _in_queue())
    for cluster in _clusters():
        for state in ("waiting", "in_hand"):
            yield (cluster, state), counted[cluster, state]


def oldest_job() -> Iterator[Value]:
    """Of each cluster: how long the first in its queue has been waiting."""
    now = timezone.now()
    waiting = [(key, free) for key, free in _in_queue() if free <= now]
    for cluster in _clusters():
        since = [free for key, free in waiting if key == cluster]
        yield (cluster,), (now - min(since)).total_seconds() if since else 0


def _in_queue() -> list[tuple[str, datetime]]:
    """The queue's rows: from when on anybody may take each, its place in the future while a worker has it."""
    return list(OrmQ.objects.order_by().values_list("key", "lock")[:MOST_COUNTED])


def _clusters() -> list[str]:
    said: dict[str, Any] = settings.Q_CLUSTER
    return [said["name"], *said["ALT_CLUSTERS"]]


def pulses() -> Iterator[Value]:
    """How long ago each sign of life was given."""
    for name, age in sorted(pulse.ages().items()):
        yield (name,), age


def promises() -> Iterator[Value]:
    """What the last data check found."""
    yield (), Check.objects.red().count()


def database_size() -> Iterator[Value]:
    """Of the whole database."""
    yield (), _first("SELECT pg_database_size(current_database())")


def connections() -> Iterator[Value]:
    """Of everybody who is connected to this database, by what they do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 1 ORDER BY 1"
        )
        for state, count in cursor.fetchall():
            yield (state,), count


def most_connections() -> Iterator[Value]:
    """How many the server takes."""
    yield (), _first("SELECT current_setting('max_connections')::int")


def disk() -> Iterator[Value]:
    """Of the folder that holds everything this node writes."""
    found = shutil.disk_usage(settings.HOME)
    yield ("free",), found.free
    yield ("total",), found.total


def _first(statement: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return float(cursor.fetchone()[0])


def troubles() -> Iterator[Value]:
    """What is wrong with any node, as the administrator's first page says it; once, though two clusters have it."""
    for labels in dict.fromkeys((str(one.facts.get("node", node())), one.code) for one in looking.standing()):
        yield labels, 1


GAUGES = [
    Gauge("hrsuite_release", "The release that answers; always 1.", version, ("version",)),
    Gauge(
        "hrsuite_reactions", "What receivers still owe, by state; counted to 10,000.", reactions, ("state",)
    ),
    Gauge("hrsuite_reactions_oldest_seconds", "How long the oldest has been owed.", oldest_reaction),
    Gauge("hrsuite_long_works", "Long works that are owed, by state.", works, ("state",)),
    Gauge("hrsuite_jobs", "Jobs in the queue; counted to 10,000.", queued, ("cluster", "state")),
    Gauge("hrsuite_jobs_oldest_seconds", "How long the first has waited.", oldest_job, ("cluster",)),
    Gauge("hrsuite_pulse_seconds", "Age of each sign of life.", pulses, ("name",)),
    Gauge("hrsuite_promises_broken", "Promises that the last data check found broken.", promises),
    Gauge("hrsuite_database_bytes", "Size of the database.", database_size),
    Gauge("hrsuite_database_connections", "Connections by state.", connections, ("state",)),
    Gauge("hrsuite_database_connections_most", "Connections that the server takes.", most_connections),
    Gauge("hrsuite_trouble", "What is wrong now; always 1.", troubles, ("node", "code")),
    Gauge("hrsuite_disk_bytes", "The disk of the suite's folder.", disk, ("part",)),
]
