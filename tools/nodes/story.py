"""What happens to the machines while candidates are at it, in order, and how long each took to be made good."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.env import BASE
from tools.nodes import losses
from tools.nodes.databases import Database, until
from tools.nodes.machines import Machine
from tools.nodes.network import Host
from tools.nodes.pooling import PgBouncer
from tools.nodes.watching import Watch

# Seconds from the moment when everybody has a link. Each leaves the one before time to be made good.
KILLED, STARTED, CUT, CUT_FOR, FAILED = 20.0, 30.0, 95.0, 60.0, 170.0
PROMOTED_AFTER = 5.0
LEFT_BEHIND_LIMIT = 40.0
_HOLD = """
import sys, time, psycopg
from core.env import connection_words, database_url
held = psycopg.connect(**connection_words(database_url()))
held.execute("SELECT at FROM events_pulse WHERE name = 'pump' FOR UPDATE")
print("held", flush=True)
time.sleep(600)
"""


@dataclass
class Happened:
    """One thing that was done to the machines: when, and what was measured of it, in seconds."""

    what: str
    at: float
    measured: dict[str, float] = field(default_factory=dict)


@dataclass
class Story:
    """The machines, and what happened to them."""

    machines: list[Machine]
    databases: list[Database]
    watch: Watch
    say: Callable[[str], None]
    synchronous: bool
    lag: float = 0.0
    pooler: PgBouncer | None = None
    happened: list[Happened] = field(default_factory=list)

    def tell(self, began: float, journal: Path) -> None:
        """All of it; `journal` says what was acknowledged. TimeoutError: something was not made good in time."""
        first, second = self.machines
        self._at(began + KILLED, f"{first.host.name} loses its power").measured |= self._power(first)
        self._at(began + STARTED, f"{first.host.name} is started again")
        first.host.join()
        first.start()
        self.happened[-1].measured["ready after"] = first.wait()
        self._at(
            began + CUT,
            f"{second.host.name} is cut off for {CUT_FOR:.0f} s in the middle of a step that holds the pulse",
        )
        self._cut(second)
        primary, copy = self.databases
        self._at(began + FAILED, f"the primary ({primary.host.name}) is gone, {copy.host.name} is promoted")
        self._fail_over(primary, copy, journal)
        self._at(time.monotonic(), f"{primary.host.name} is back as a copy of {copy.host.name}")
        primary.host.join()
        primary.follow(copy, synchronous=self.synchronous)
        self.happened[-1].measured["follows after"] = time.monotonic() - self.happened[-1].at

    def silences(self, until_: float) -> None:
        """Of each thing, how long nobody was answered by the balancer until the next one happened."""
        ends = [each.at for each in self.happened[1:]] + [until_]
        for each, end in zip(self.happened, ends, strict=True):
            each.measured["longest without an answer"] = self.watch.longest_silence(each.at, end)

    def _at(self, moment: float, what: str) -> Happened:
        time.sleep(max(0.0, moment - time.monotonic()))
        self.say(what)
        self.happened.append(Happened(what, time.monotonic()))
        return self.happened[-1]

    def _power(self, machine: Machine) -> dict[str, float]:
        machine.host.lose_power()
        return self._given_up(machine.host, time.monotonic())

    def _given_up(self, host: Host, since: float) -> dict[str, float]:
        primary = self.databases[0]
        if self.pooler:
            return {}  # whose connections they are, PgBouncer alone knows
        until(lambda: not primary.connections_from(host), f"{host.name} is not given up", LEFT_BEHIND_LIMIT)
        return {"given up by the database after": time.monotonic() - since}

    def _cut(self, machine: Machine) -> None:
        done = self.happened[-1]
        with (machine.home / "holding.txt").open("wb") as output:
            env = machine.env | {"PYTHONPATH": str(BASE)}
            machine.host.start([sys.executable, "-c", _HOLD], output=output, env=env, cwd=BASE)
        until((machine.home / "holding.txt").read_text, "nothing is held")
        cut = time.monotonic()
        machine.host.cut()
        done.measured |= self._given_up(machine.host, cut)
        time.sleep(max(0.0, cut + CUT_FOR - time.monotonic()))
        self.say(f"{machine.host.name} is joined again")
        machine.host.join()
        done.measured["ready after it was joined"] = machine.wait()

    def _fail_over(self, primary: Database, copy: Database, journal: Path) -> None:
        done = self.happened[-1]
        if self.lag:
            # What a slow line would be: the copy hears nothing for a while, and then the primary is gone.
            copy.host.cut()
            time.sleep(self.lag)
        gone_at = time.time()
        primary.host.lose_power()
        copy.host.join()
        time.sleep(PROMOTED_AFTER)
        done.measured |= losses.of_copy(copy, journal, gone_at)
        copy.promote()
        if self.pooler:
            self.pooler.turn_to(copy)
        done.measured["promoted after"] = time.monotonic() - done.at
        for machine in self.machines:
            until(machine.is_ready, f"{machine.host.name} does not find the new primary", 120.0)
            done.measured[f"{machine.host.name} ready after"] = time.monotonic() - done.at


class Crowd:
    """`manage.py simulate` through the balancer, on the switch."""

    def __init__(self, env: Mapping[str, str], *, candidates: int, duration: float, folder: Path) -> None:
        self.journal = folder / "journal.jsonl"
        words = [
            "simulate",
            "--json",
            "--disturbed",
            f"--candidates={candidates}",
            f"--duration={duration:.0f}",
        ]
        words += [f"--journal={self.journal}", "--base-url=http://127.0.0.1:8000", "--settle=240"]
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 -- as long as the crowd
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *words], cwd=BASE, env=env, stdout=self.said, stderr=subprocess.STDOUT
        )  # fmt: skip
        until(self.journal.exists, "the candidates are not made", 300.0)

    def ended(self, limit: float) -> dict[str, Any] | str:
        """What it found, or what it said instead."""
        self.process.wait(limit)
        self.said.seek(0)
        text = self.said.read().decode(errors="replace")
        try:
            found: dict[str, Any] = json.loads(text[text.index("{\n") :])
        except ValueError:
            return text
        return found
