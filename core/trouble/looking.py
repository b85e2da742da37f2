"""The looks, and bringing the table to what they find."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from core.env import node as this_node
from core.jobs import clusters
from core.trouble import databases, jobs, machine, places
from core.trouble.found import Found
from core.trouble.models import Trouble

# A node that has not looked for so long is gone, or its pump is, which is said elsewhere.
SILENT_AFTER = timedelta(minutes=10)
# What stands is written again this often, so that it is known to stand still.
WRITTEN_EVERY = timedelta(minutes=2)
logger = logging.getLogger(__name__)


class Watch:
    """One group of looks of this process. What it found is brought; what others found is left alone."""

    def __init__(self, *looks: Callable[[], Iterable[Found]], codes: tuple[str, ...]) -> None:
        self.looks = looks
        self.codes = codes

    def __call__(self) -> int:
        """Look and write; 0, for no look makes the next one more urgent.

        A look that fails (a disk that does not answer) keeps nobody from the others: what stands of it stays.
        """
        found: list[Found] = []
        is_whole = True
        for look in self.looks:
            try:
                found += look()
            except (DatabaseError, InterfaceError):
                raise
            except Exception as error:  # noqa: BLE001 -- no look may end the pump
                logger.error("a look for trouble failed: %s", type(error).__name__)
                is_whole = False
        bring(found, codes=self.codes, is_whole=is_whole)
        return 0


def bring(found: Iterable[Found], *, codes: tuple[str, ...], is_whole: bool = True) -> None:
    """Bring this node's rows of these kinds to what was found. Writes only where something changed, or every minute.

    `codes` are the beginnings of those that this look answers for. Not `is_whole`: what was not found may stand yet.
    """
    now, here = timezone.now(), this_node()
    there = {row.code: row for row in Trouble.objects.filter(node=here) if row.code.startswith(codes)}
    named = {one.code: one for one in found}
    over = {code: row for code, row in there.items() if code not in named and _is_over(row, now)}
    gone = [row.pk for row in over.values()] if is_whole else []
    new = [code for code, one in named.items() if code not in there or _is_older(there[code], one, now)]
    if not gone and not new:
        return
    with transaction.atomic():
        Trouble.objects.filter(pk__in=gone).delete()
        for code in new:
            one = named[code]
            until = now + one.lasts if one.lasts else None
            Trouble.objects.update_or_create(
                node=here,
                code=code,
                defaults={"facts": one.facts, "seen_at": now, "until": until},
                create_defaults={"facts": one.facts, "seen_at": now, "until": until, "since": now},
            )
            if code not in there:
                logger.warning("trouble: %s %s", code, one.facts)
        if gone:
            logger.warning("trouble is over: %s", ", ".join(over))


def _is_over(row: Trouble, now: Any) -> bool:
    return row.until is None or row.until <= now


def _is_older(row: Trouble, one: Found, now: Any) -> bool:
    """What happened again, has other facts, or was last written some minutes ago (or in a future that was set back)."""
    return (
        one.lasts is not None
        or (row.facts != one.facts and abs(now - row.seen_at) > timedelta(seconds=30))
        or abs(now - row.seen_at) > WRITTEN_EVERY
    )


def standing() -> list[Found]:
    """All that is wrong now: on any node by the table and by who takes jobs, and here by looking. One statement, and
    none that writes.

    Each with its node among the facts, where the tables have it. That the database takes no changes stands first: then
    the table cannot know. Without a database, what can be seen without it.
    """
    try:
        found = list(places.disks())
    except OSError:
        found = []
    codes = {(this_node(), one.code) for one in found}
    try:
        found = [*_from_the_database(codes), *found]
    except (DatabaseError, InterfaceError):
        pass
    return found


_STANDING = f"""
    SELECT current_setting('transaction_read_only')::bool, {clusters.IN_VAIN}, trouble.node, trouble.code,
        trouble.facts::text, trouble.seen_at, trouble.until
    FROM (SELECT 1) AS one LEFT JOIN core_trouble AS trouble ON true ORDER BY trouble.since, trouble.id
"""  # noqa: S608 -- all of it is written here


def _from_the_database(known: set[tuple[str, str]]) -> Iterator[Found]:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, clusters.asked())
        rows = cursor.fetchall()
    is_read_only, in_vain = rows[0][:2]
    if is_read_only:
        yield Found("database_read_only")
    for _read_only, _in_vain, node, code, facts, seen_at, until in rows:
        if code is None or (node, code) in known:
            continue
        if (until or seen_at + SILENT_AFTER) > now:
            yield Found(code, {**json.loads(facts), "node": node})
    yield from jobs.waiting_in_vain(in_vain)


_clock = machine.ClockWatch()
_memory = machine.MemoryWatch()
# Each in a loop of its own: a store that does not answer keeps nobody from the disk.
MACHINE = Watch(
    places.disks,
    _clock.look,
    machine.against_the_database,
    _memory.look,
    jobs.out_of_memory,
    jobs.killed_over,
    jobs.lost,
    codes=("disk_", "clock", "slept", "memory_", "job_"),
)
STORAGES = Watch(places.storages_written, codes=("storage_",))
PRIMARIES = Watch(databases.primaries, codes=("primaries_",))
