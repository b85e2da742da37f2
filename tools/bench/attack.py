"""Heartbeats of candidates in the room while strangers attack the server, one way after the other; all on this machine.

The attackers are processes of their own, so that they take no time from whoever measures; the pump runs, so that a
heartbeat that came too late would interrupt somebody.
"""

import http.client
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.env import BASE
from tools.bench.attackers import ATTACKS, HERE
from tools.bench.people import InRoom

GOAL_SECONDS = 1.0
EVERY_SECONDS = 0.5
LONGEST_SECONDS = 90.0


@dataclass
class Beats:
    """The heartbeats of one phase: how long each took, and what was answered instead of 204."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    attacks: int = 0

    def figures(self) -> dict[str, Any]:
        """How many, half, nearly all, the longest; in seconds."""
        known = sorted(self.seconds) or [0.0]
        return {
            "beats": len(self.seconds),
            "p50": round(known[len(known) // 2], 3),
            "p99": round(known[int(len(known) * 0.99)], 3),
            "max": round(known[-1], 3),
            "wrong": len(self.wrong),
            "attacks": self.attacks,
            "first_wrong": self.wrong[0] if self.wrong else None,
        }


def run(
    port: int, rooms: Sequence[InRoom], session: str, *, seconds: float, rounds: int
) -> Iterator[tuple[str, Beats]]:
    """Every attack for `seconds`, `rounds` times over, and before them the same time in peace."""
    for number in range(rounds):
        for name in ("", *ATTACKS):
            yield f"{name or 'in peace'} ({number + 1})", _phase(port, rooms, name, session, seconds)
            time.sleep(1)


def _phase(port: int, rooms: Sequence[InRoom], attack: str, session: str, seconds: float) -> Beats:
    attacker = None
    if attack:
        command = [
            sys.executable,
            "-m",
            "tools.bench.attackers",
            attack,
            str(port),
            str(seconds + 2),
            session,
        ]
        attacker = subprocess.Popen(
            command, cwd=BASE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        # It needs a moment before it does any harm.
        time.sleep(1.5)
    beats, stop = Beats(), threading.Event()
    hearts = [threading.Thread(target=_beat, args=(port, room, beats, stop)) for room in rooms]
    for heart in hearts:
        heart.start()
    stop.wait(seconds)
    # The hearts beat until it is over.
    until = time.monotonic() + LONGEST_SECONDS
    while attacker is not None and attacker.poll() is None and time.monotonic() < until:
        stop.wait(0.2)
    stop.set()
    for heart in hearts:
        heart.join()
    if attacker is not None:
        try:
            beats.attacks = int(attacker.communicate(timeout=40)[0] or 0)
        finally:
            attacker.kill()
    return beats


def _beat(port: int, room: InRoom, beats: Beats, stop: threading.Event) -> None:
    """One candidate's page; like a browser it opens its connection anew when the server has closed it."""
    web = http.client.HTTPConnection(HERE, port, timeout=30)
    headers = {"Cookie": f"room={room.cookie}", "Content-Type": "application/json"}
    stop.wait(random.random() * EVERY_SECONDS)  # noqa: S311 -- not all at the same instant
    while not stop.is_set():
        began = time.perf_counter()
        try:
            web.request("POST", "/room/api/heartbeat", b'{"epoch": 1, "visible": true}', headers)
            answer = web.getresponse()
            said = answer.read()
            if answer.status != http.HTTPStatus.NO_CONTENT:
                beats.wrong.append(f"{answer.status} {said[:80]!r}")
        except (OSError, http.client.HTTPException) as error:
            web.close()
            if not isinstance(error, http.client.RemoteDisconnected | BrokenPipeError | ConnectionResetError):
                beats.wrong.append(type(error).__name__)
        beats.seconds.append(time.perf_counter() - began)
        stop.wait(EVERY_SECONDS)
    web.close()
