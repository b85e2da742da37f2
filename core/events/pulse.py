"""The pulse: proof that we could hear. Lease time runs only while it beats."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction

from core.env import node

# The pump stamps every 2 s; a longer silence than this means that candidates spoke to nobody.
LONGEST_SILENCE = timedelta(seconds=10)


def stamp(
    name: str,
    *,
    after_gap: Callable[[datetime, datetime], None],
    set_back: Callable[[timedelta], None] = lambda by: None,
) -> timedelta:
    """Move the pulse to the database's now; after a gap over LONGEST_SILENCE call `after_gap(from, to)` first.

    A pulse that lies further ahead than that was stamped before the clock was set back: it follows, after
    `set_back(by how much)`. All happens in one transaction under the row's lock: of several pumps, one heals the gap,
    and no reader sees the new pulse with the old leases. Returns the gap.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_pulse (name, at) VALUES (%s, clock_timestamp()) ON CONFLICT (name) DO NOTHING",
            [name],
        )
        cursor.execute("SELECT at, clock_timestamp() FROM events_pulse WHERE name = %s FOR UPDATE", [name])
        last, now = cursor.fetchone()
        # A second pump that stamped while we waited for the row is no gap.
        gap = max(now - last, timedelta(0))
        if gap > LONGEST_SILENCE:
            after_gap(last, now)
        is_ahead = last - now > LONGEST_SILENCE
        if is_ahead:
            set_back(last - now)
        cursor.execute(
            "UPDATE events_pulse SET at = CASE WHEN %s THEN %s ELSE greatest(at, %s) END WHERE name = %s",
            [is_ahead, now, now, name],
        )
    return gap


def ages() -> dict[str, float]:
    """Seconds since each pulse, by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, extract(epoch FROM clock_timestamp() - at) FROM events_pulse")
        return {name: float(age) for name, age in cursor.fetchall()}


# Which machine's process stamped it: "node:NAME:pump".
_NODE = "node:"


def of_node(part: str) -> None:
    """This machine's `part` (pump, jobs) lives: one statement, nobody waits for it. What was stamped before the clock
    was set back is forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_pulse (name, at) VALUES (%s, clock_timestamp()) "
            "ON CONFLICT (name) DO UPDATE SET at = CASE WHEN events_pulse.at > excluded.at + make_interval(secs => %s)"
            " THEN excluded.at ELSE greatest(events_pulse.at, excluded.at) END",
            [f"{_NODE}{node()}:{part}", LONGEST_SILENCE.total_seconds()],
        )


def by_node(known: dict[str, float]) -> dict[str, dict[str, float]]:
    """Of `ages()`, those of machines: {name: {part: seconds}}."""
    found: dict[str, dict[str, float]] = {}
    for name, age in known.items():
        if name.startswith(_NODE):
            machine, _colon, part = name.removeprefix(_NODE).rpartition(":")
            found.setdefault(machine, {})[part] = age
    return found


def of_all(known: dict[str, float]) -> dict[str, float]:
    """The others: one of each, whichever machine stamped it."""
    return {name: age for name, age in known.items() if not name.startswith(_NODE)}


def forget_nodes(*, older_than: timedelta) -> int:
    """Machines that are gone are not named for ever; how many rows went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM events_pulse WHERE name LIKE 'node:%%' AND at < clock_timestamp() - make_interval(secs => %s)",
            [older_than.total_seconds()],
        )
        return cursor.rowcount
