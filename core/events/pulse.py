"""The pulse: proof that we could hear. Lease time runs only while it beats."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Case, DateTimeField, F, Subquery, When
from django.db.models.functions import Least, Now

from core.env import node
from core.events.models import Pulse

# The pump stamps every 2 s; a longer silence than this means that candidates spoke to nobody.
LONGEST_SILENCE = timedelta(seconds=10)
# For so long after a gap nobody's silence counts: whoever is there is heard again by then.
HELD = timedelta(seconds=30)


def heard_until(name: str) -> Subquery:
    """Until when we could hear, as an expression: the last beat, but for what a gap holds back.

    NULL, and nobody's time runs out, where none ever beat, while it lies ahead because the clock was set back, and for
    HELD afterwards. Never later than it is.
    """
    heard = Case(
        When(at__lt=F("held_until"), then=F("silent_since")),
        When(at__lte=Now() + LONGEST_SILENCE, then=Least(F("at"), Now())),
        output_field=DateTimeField(),
    )
    return Subquery(Pulse.objects.filter(name=name).values(heard=heard)[:1])


def stamp(
    name: str,
    *,
    after_gap: Callable[[datetime, datetime], None],
    set_back: Callable[[], None] = lambda: None,
) -> timedelta:
    """Move the pulse to the database's now; after a gap over LONGEST_SILENCE call `after_gap(from, to)` first.

    A pulse that lies further ahead than that was stamped before the clock was set back: it follows, after
    `set_back()`, which is called again with every beat of the next HELD. All happens in one transaction under the
    row's lock: of several pumps, one heals the gap, and no reader sees the new pulse with the old leases. Returns the
    gap.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_pulse (name, at) VALUES (%s, clock_timestamp()) ON CONFLICT (name) DO NOTHING",
            [name],
        )
        cursor.execute(
            "SELECT at, clock_timestamp(), silent_since, held_until FROM events_pulse WHERE name = %s FOR UPDATE",
            [name],
        )
        last, now, silent_since, held_until = cursor.fetchone()
        # A second pump that stamped while we waited for the row is no gap.
        gap = max(now - last, timedelta(0))
        if gap > LONGEST_SILENCE:
            after_gap(last, now)
            # Two gaps one after the other are one.
            is_held = held_until is not None and silent_since is not None and last < held_until
            silent_since, held_until = silent_since if is_held else last, now + HELD
        is_ahead = last - now > LONGEST_SILENCE
        if is_ahead:
            silent_since, held_until = None, now + HELD
        if silent_since is None and held_until is not None and now < held_until:
            set_back()
        cursor.execute(
            "UPDATE events_pulse SET at = CASE WHEN %s THEN %s ELSE greatest(at, %s) END, silent_since = %s,"
            " held_until = %s WHERE name = %s",
            [is_ahead, now, now, silent_since, held_until, name],
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
