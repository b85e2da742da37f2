"""The chain's table of this checkout beside that of another one, in one run on one machine."""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from core.env import BASE, home

PROGRAM = Path(__file__).with_name("chain.py")
# One after the other and again: what else the machine does meets both.
ROUNDS = 3
Costs = dict[str, tuple[float, float]]


def run(console: Console, *, count: int, against: Path | None) -> dict[str, Costs]:
    """Measure, print the table, and answer it: "now", and "before" where there is another checkout."""
    if against is not None:
        _manage(against, "-m", "core.process", "wipe")
        _manage(against, "-m", "core.process", "start")
    try:
        if against is not None:
            _manage(against, "manage.py", "prepare", "--demo")
        rounds = [_round(count, against) for _number in range(ROUNDS)]
    finally:
        if against is not None:
            _manage(against, "-m", "core.process", "stop")
    found = {name: _middle([each[name] for each in rounds]) for name in rounds[0]}
    console.print(_table(found["now"], found.get("before")))
    return found


def _round(count: int, against: Path | None) -> dict[str, Costs]:
    measured = {} if against is None else {"before": _measured(against, count)}
    return {**measured, "now": _measured(BASE, count)}


def _measured(checkout: Path, count: int) -> Costs:
    answer = _manage(checkout, str(PROGRAM), str(count))
    return {
        step: (statements, took) for step, (statements, took) in json.loads(answer.splitlines()[-1]).items()
    }


def _manage(checkout: Path, *words: str) -> str:
    """Run a program of this Python with the code of the checkout; another one has a home of its own beside ours."""
    where = home() if checkout == BASE else home().with_name(f"{home().name}-against")
    done = subprocess.run(
        [sys.executable, *words],
        cwd=checkout,
        env={**os.environ, "HRSUITE_HOME": str(where), "PYTHONPATH": str(checkout)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def _middle(rounds: list[Costs]) -> Costs:
    return {
        step: (median(each[step][0] for each in rounds), median(each[step][1] for each in rounds))
        for step in rounds[0]
    }


def _table(now: Costs, before: Costs | None) -> Table:
    title = "A step with its chain: statements, and milliseconds of processor time"
    if before is None:
        table = Table("step", "statements", "ms", title=title)
        for step, (statements, took) in now.items():
            table.add_row(step, f"{statements:.0f}", f"{took:.1f}")
        return table
    table = Table("step", "before", "now", "ratio", "ms before", "ms now", "ratio", title=title)
    for step, (statements, took) in now.items():
        was, long = before.get(step, (0.0, 0.0))
        table.add_row(
            step, f"{was:.0f}", f"{statements:.0f}", _ratio(statements, was),
            f"{long:.1f}", f"{took:.1f}", _ratio(took, long),
        )  # fmt: skip
    return table


def _ratio(now: float, before: float) -> str:
    return f"{now / before:.2f}" if before else "–"
