"""``manage.py bench``: heartbeats, chains, exits, floods of exits, recordings coming in, lists. See script/bench."""

import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tools.bench import (
    against,
    attack,
    crowd,
    exits,
    flood,
    heartbeat,
    history,
    imports,
    listen,
    machine,
    people,
    processes,
    scale,
    told,
    uploads,
    wecom,
)
from tools.bench.lists import run as lists
from tools.simulate.report import spread

PARTS = ("heartbeat", "exit", "flood", "uploads")
# Asked for by name: it empties the database, and takes an hour at a million.
LISTS, SIZES = "lists", "1000,20000,200000,1000000"
CHAIN, CROWD, HISTORY, IMPORT, LISTEN, SCALE = "chain", "crowd", "history", "import", "listen", "scale"
ATTACK, ATTACKED_SECONDS, CANDIDATES, KNOWN_CANDIDATES = "attack", 20.0, 20, 20_000
TOLD = "told"
SESSIONS = 200
COMPARED_EXITS = 300
CROWDS = {
    "200 in sound, 40 in picture": uploads.Crowd(audio=200, video=40),
    "100 in sound, 100 in picture at 50 KB/s": uploads.Crowd(audio=100, video=0, slow=100),
}


class Command(BaseCommand):
    """Measures in the database of this home, which it fills with made-up people: give it a home of its own."""

    help = "Measure heartbeats, exits with their chains, and thousands of exits at once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which parts, how many of each."""
        parser.add_argument(
            "parts",
            nargs="*",
            default=PARTS,
            help=(
                f"of {', '.join(PARTS)}, {CHAIN}, {CROWD}, {HISTORY}, {IMPORT}, {LISTEN}, {SCALE}, {TOLD}, {ATTACK},"
                f" {LISTS}; the first {len(PARTS)} when none is named"
            ),
        )
        parser.add_argument("--sizes", default=SIZES, help="of the lists: how many interviews")
        parser.add_argument(
            "--all", action="store_true", help="of the lists: every page, not the slowest alone"
        )
        parser.add_argument(
            "--loaded", action="store_true", help="of the lists: what an earlier run has left, of one size"
        )
        parser.add_argument("--rounds", type=int, default=9, help="rounds of the heartbeat comparison")
        parser.add_argument("--requests", type=int, default=800, help="requests of each view in a round")
        parser.add_argument(
            "--against", type=Path, help="of the chain: another checkout, measured beside this one"
        )
        parser.add_argument(
            "--times", type=int, default=20, help="of the chain: how often each step is taken"
        )
        parser.add_argument("--rows", type=int, default=imports.ROWS, help="of the import: how many")
        parser.add_argument("--single-exits", type=int, default=60)
        parser.add_argument("--exits", type=int, default=10_000, help="exits at once")
        parser.add_argument("--limit", type=float, default=3600, help="seconds that one flood may take")
        parser.add_argument("--seconds", type=float, default=300, help="how long each crowd records")
        parser.add_argument("--candidates", type=int, default=1000, help="of the crowd: how many in the room")
        parser.add_argument(
            "--answers", type=int, default=listen.ANSWERS, help="of listening: how many recordings wait"
        )
        parser.add_argument(
            "--spoken", type=int, default=listen.SPOKEN_SECONDS, help="of listening: seconds of each"
        )
        parser.add_argument(
            "--kills", type=int, default=0, help="of listening: how often the worker is killed meanwhile"
        )
        parser.add_argument("--attack-rounds", type=int, default=2, help="how often each attack is measured")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 when the heartbeat misses its goal or a flood does not end in time."""
        # Told to stop, it still ends the processes that it started.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        logging.getLogger("httpx").setLevel(logging.WARNING)
        # What is sent meanwhile arrives somewhere; lists begin with an empty database, and send nothing.
        with nullcontext() if LISTS in options["parts"] else wecom.connected():
            self._measure(options)

    def _measure(self, options: dict[str, Any]) -> None:
        console = Console(stderr=options["json"])
        found: dict[str, Any] = {"machine": machine.facts()}
        console.print(", ".join(f"{name} {value}" for name, value in found["machine"].items()))
        well = True
        if "heartbeat" in options["parts"]:
            found["heartbeat"] = self._heartbeat(options, console)
            well = found["heartbeat"]["to bare UPDATE"] <= heartbeat.GOAL
        if CHAIN in options["parts"] or options["against"]:
            found[CHAIN] = against.run(console, count=options["times"], against=options["against"])
        alone: dict[str, Callable[[Console], dict[str, Any]]] = {
            HISTORY: history.run,
            TOLD: partial(told.run, port=_free_port()),
            IMPORT: partial(imports.run, rows=options["rows"]),
            LISTEN: partial(
                listen.run,
                port=_free_port(),
                answers=options["answers"],
                spoken=options["spoken"],
                limit=options["limit"],
                kills=options["kills"],
                seed=options["seed"],
            ),
        }
        found |= {name: run(console) for name, run in alone.items() if name in options["parts"]}
        well = well and all(found[name]["is_well"] for name in alone if name in found)
        if "exit" in options["parts"]:
            found["exit"] = self._exit(options, console)
        if "flood" in options["parts"]:
            # How much a second pump helps shows in a small flood; the whole one need not run twice.
            some = min(options["exits"], COMPARED_EXITS)
            floods = [(some, 1), (some, 2), *([(options["exits"], 2)] if options["exits"] > some else [])]
            found["flood"] = [self._flood(options, console, count, pumps) for count, pumps in floods]
            well = well and all(each["is_done"] for each in found["flood"])
        if "uploads" in options["parts"]:
            found["uploads"] = {
                name: self._uploads(options, console, name, crowd) for name, crowd in CROWDS.items()
            }
            well = well and all(each["is_well"] for each in found["uploads"].values())
        if CROWD in options["parts"]:
            found[CROWD] = self._crowd(options, console)
            well = well and found[CROWD]["is_well"]
        if SCALE in options["parts"]:
            found[SCALE] = self._scale(options, console)
            well = well and found[SCALE]["exits"]["done"]
        if ATTACK in options["parts"]:
            found[ATTACK] = self._attack(options, console)
            well = well and found[ATTACK]["is_well"]
        if LISTS in options["parts"]:
            sizes = [int(size) for size in options["sizes"].split(",")]
            found[LISTS] = lists.run(sizes, console, everything=options["all"], loaded=options["loaded"])
            well = well and not found[LISTS]["missed"]
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=1))
        if not well:
            sys.exit(1)

    def _heartbeat(self, options: dict[str, Any], console: Console) -> dict[str, Any]:
        rooms = people.in_room(SESSIONS)
        port = _free_port()
        with processes.web(port):
            rounds = heartbeat.measure(
                port, rooms, rounds=options["rounds"], requests=options["requests"], seed=options["seed"]
            )
        table = Table(
            "view",
            "ms per request",
            "to empty",
            "to bare UPDATE",
            title="Heartbeat (goal ≤ 1.5 × bare UPDATE)",
        )
        for name in heartbeat.PATHS:
            ratios = [f"{rounds.ratio(name, to):.2f}" for to in ("empty view", "bare UPDATE")]
            table.add_row(name, f"{rounds.median(name):.2f}", *ratios)
        console.print(table)
        return {
            "milliseconds": {name: round(rounds.median(name), 3) for name in heartbeat.PATHS},
            "to empty view": round(rounds.ratio("heartbeat", "empty view"), 3),
            "to bare UPDATE": round(rounds.ratio("heartbeat", "bare UPDATE"), 3),
            "to bare UPDATE, relaxed": round(rounds.ratio("heartbeat", "bare UPDATE, relaxed"), 3),
        }

    def _exit(self, options: dict[str, Any], console: Console) -> dict[str, Any]:
        rooms = people.in_room(2 * options["single_exits"])
        half = options["single_exits"]
        port = _free_port()
        with processes.web(port):
            exits.over_http(port, rooms[:3])  # warm
            waited = spread(exits.over_http(port, rooms[3:half]))
        found = exits.inside([room.interview for room in rooms[half:]])
        table = Table("one exit with its whole chain", "p50", "p95", "max")
        table.add_row("over HTTP, seconds", *(f"{waited[key]:.3f}" for key in ("p50", "p95", "max")))
        inside, counted, written = spread(found.seconds), spread(found.queries), spread(found.kilobytes)
        table.add_row("processor, seconds", *(f"{inside[key]:.3f}" for key in ("p50", "p95", "max")))
        table.add_row("queries", *(f"{counted[key]:.0f}" for key in ("p50", "p95", "max")))
        table.add_row("write-ahead log, KB", *(f"{written[key]:.0f}" for key in ("p50", "p95", "max")))
        console.print(table)
        return {"over_http": waited, "processor": inside, "queries": counted, "wal_kilobytes": written}

    def _flood(self, options: dict[str, Any], console: Console, count: int, pumps: int) -> dict[str, Any]:
        rooms = people.in_room(count)
        with Progress(
            console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True
        ) as progress:
            task = progress.add_task(f"{pumps} pump", total=len(rooms))
            found = flood.run(
                rooms,
                pumps=pumps,
                limit=options["limit"],
                tick=lambda done: progress.update(task, completed=done),
            )
        ended = "every chain done" if found.is_done else f"not done in {options['limit']:.0f} s"
        console.print(
            f"{found.exited} of {found.asked} exits at once, {pumps} pump(s): the last exit after "
            f"{found.until_exited:.0f} s, {ended} after {found.until_done:.0f} s, "
            f"{found.per_second:.1f} exits per second, {found.milliseconds:.1f} ms of the pumps' processor each"
        )
        return {**vars(found), "per_second": round(found.per_second, 2)}

    def _uploads(
        self, options: dict[str, Any], console: Console, name: str, crowd: uploads.Crowd
    ) -> dict[str, Any]:
        rooms = people.in_room(len(crowd.kinds))
        port = _free_port()
        with processes.web(port):
            found = uploads.run(
                port,
                rooms,
                crowd,
                seconds=options["seconds"],
                seed=options["seed"],
                pids=uploads.descendants(os.getpid()),
            )
        table = Table("seconds", "requests", "p50", "p95", "max", title=f"Recording: {name}")
        for what, known in sorted(found.seconds.items()):
            shares = [f"{found.at(what, share):.3f}" for share in (0.5, 0.95, 1.0)]
            table.add_row(what, str(len(known)), *shares)
        console.print(table)
        console.print(
            f"{len(found.acknowledged)} pieces, {found.sent_bytes / 1e6:.0f} MB: {found.lost} lost, "
            f"{found.double} double, {found.spoilt} spoilt, {found.tries_again} tried again, "
            f"{len(found.wrong)} wrong answers; memory of the web processes {found.megabytes[0]:.0f} MB at the start, "
            f"{max(found.megabytes):.0f} MB at most"
        )
        return found.figures()

    def _crowd(self, options: dict[str, Any], console: Console) -> dict[str, Any]:
        rooms = people.in_room(options["candidates"])
        port = _free_port()
        with processes.web(port):
            web = uploads.descendants(os.getpid())
            with processes.pump():
                found = crowd.run(port, rooms, seconds=options["seconds"], seed=options["seed"], pids=web)
        figures = found.figures()
        table = Table("seconds", "p50", "p95", "max", title=f"{len(rooms)} candidates in the room")
        for what, spans in figures["seconds"].items():
            table.add_row(what, *(f"{value:.3f}" for value in spans.values()))
        console.print(table)
        console.print(
            f"{figures['calls_per_second']} calls per second, {figures['web_processor_microseconds_per_call']} µs of"
            f" processor each in the web processes, {figures['web_processors_in_use']} processors in use;"
            f" {figures['wrong']} wrong answers (goal: heartbeat p95 ≤ {crowd.GOAL_SECONDS} s)"
        )
        return figures

    def _scale(self, options: dict[str, Any], console: Console) -> dict[str, Any]:
        def tell(line: dict[str, Any]) -> None:
            console.print(", ".join(f"{name} {value}" for name, value in line.items()))

        exits_ = scale.of_exits(scale.EXITS)
        tell(exits_)
        crowds = scale.of_crowds(
            scale.SIZES, port=_free_port(), seed=options["seed"], tell=tell,
            seconds=min(options["seconds"], scale.SECONDS),
        )  # fmt: skip
        most = scale.at_most(crowds[-1], cores=os.cpu_count() or 1)
        console.print(f"both processors would be full with {most} candidates in the room")
        return {"crowds": crowds, "exits": exits_, "at most": most}

    def _attack(self, options: dict[str, Any], console: Console) -> dict[str, Any]:
        rooms = people.in_room(CANDIDATES)
        people.strangers(KNOWN_CANDIDATES)
        session = people.signed_in()
        port = _free_port()
        seconds = min(options["seconds"], ATTACKED_SECONDS)
        phases: dict[str, dict[str, Any]] = {}
        with processes.web(port), processes.pump():
            for name, beats in attack.run(
                port, rooms, session, seconds=seconds, rounds=options["attack_rounds"]
            ):
                phases[name] = beats.figures()
        longest = max(each["max"] for each in phases.values())
        interrupted = people.interrupted(rooms)
        columns = ("beats", "p50", "p99", "max", "wrong", "attacks")
        table = Table("heartbeats in seconds", *columns, title="Under attack")
        for name, each in phases.items():
            table.add_row(name, *(str(each[key]) for key in columns))
        console.print(table)
        console.print(
            f"longest {longest:.3f} s (goal ≤ {attack.GOAL_SECONDS:.0f} s), {interrupted} interrupted"
        )
        is_well = (
            longest <= attack.GOAL_SECONDS
            and not interrupted
            and not any(each["wrong"] for each in phases.values())
            and all(each["attacks"] for name, each in phases.items() if not name.startswith("in peace"))
        )
        return {"phases": phases, "longest": longest, "interrupted": interrupted, "is_well": is_well}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
