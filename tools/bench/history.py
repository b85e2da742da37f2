"""What the history costs a chain: the same interviews lived with its triggers and without, in turn.

Processor time is counted of this program and of its own backend in the database, so that what else the machine
does counts in neither.
"""

import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from django.db import connection
from django.test import Client
from rich.console import Console
from rich.table import Table

from core.history import triggers
from tools.bench import chain, people

ROUNDS, AT_ONCE, WARM = 6, 8, 4
# Of the processor time of a whole interview with its exits, returns, new window and scores.
GOAL = 0.10


class Cost(NamedTuple):
    """Milliseconds of processor time of one interview's life."""

    program: float
    database: float

    @property
    def whole(self) -> float:
        """Both."""
        return self.program + self.database


def run(console: Console, *, rounds: int = ROUNDS) -> dict[str, float | bool]:
    """Measure, print the table, and answer the figures. `is_well` when the goal is met."""
    found: dict[bool, list[Cost]] = {True: [], False: []}
    _lives(WARM)
    try:
        for number in range(rounds):
            # Which of the two comes first changes by turns.
            for on in (number % 2 == 0, number % 2 == 1):
                _switch(on=on)
                _lives(1)
                found[on].append(_lives(AT_ONCE))
    finally:
        _switch(on=True)
    costs = {on: Cost(*(median(each) for each in zip(*taken, strict=True))) for on, taken in found.items()}
    more = costs[True].whole / costs[False].whole - 1
    table = Table(
        "history", "program, ms", "database, ms", "whole, ms", title=f"One interview (goal ≤ +{GOAL:.0%})"
    )
    for on, cost in costs.items():
        table.add_row("with" if on else "without", *(f"{each:.1f}" for each in (*cost, cost.whole)))
    console.print(table, f"{more:+.1%}")
    return {
        "with": round(costs[True].whole, 1),
        "without": round(costs[False].whole, 1),
        "more": round(more, 4),
        "is_well": more <= GOAL,
    }


def _lives(count: int) -> Cost:
    costs, page = chain.Costs(), Client(SERVER_NAME="127.0.0.1")
    rooms = list(people.in_room(count))
    program, database = time.process_time(), _backend()
    for room in rooms:
        chain.live(costs, page, room)
    return Cost(1000 * (time.process_time() - program) / count, (_backend() - database) / count)


def _backend() -> float:
    """Milliseconds that this connection's backend has run; the database is on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e6


def _switch(*, on: bool) -> None:
    with connection.cursor() as cursor:
        for table, name in triggers.wanted_triggers():
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"ALTER TABLE {quoted} {'ENABLE' if on else 'DISABLE'} TRIGGER {name}")
