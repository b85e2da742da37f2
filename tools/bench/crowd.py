"""A thousand candidates in the room at once: each proves that it lives every ten seconds, and types.

Every one has a connection of its own and a phase of its own, as browsers have. What is asked: how long a heartbeat
waits while everybody writes, and what the web processes spend on a call.
"""

import asyncio
import json
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recruitment.models import Interview, Question
from tools.bench.people import InRoom

GOAL_SECONDS = 0.2
BEAT_SECONDS, TYPED_SECONDS = 10.0, 10.0
# Everybody is in the room and every connection is open before it counts.
SETTLING_SECONDS = 15.0
HEARTBEAT, TEXT = "heartbeat", "text"
_TICKS = os.sysconf("SC_CLK_TCK")
_SENTENCE = "我在上一份工作中负责数据整理和报表，主要用表格软件和查询语言完成。"


@dataclass
class Crowd:
    """How long each call took, what was answered wrongly, and what the web processes spent meanwhile."""

    candidates: int
    seconds: dict[str, list[float]] = field(default_factory=lambda: {HEARTBEAT: [], TEXT: []})
    wrong: list[str] = field(default_factory=list)
    lasted: float = 0.0
    processor: float = 0.0

    @property
    def calls(self) -> int:
        """Heartbeats and texts together."""
        return sum(len(known) for known in self.seconds.values())

    @property
    def is_well(self) -> bool:
        """Nobody was answered wrongly, and 95 of 100 heartbeats within the goal."""
        return not self.wrong and self.at(HEARTBEAT, 0.95) <= GOAL_SECONDS

    def at(self, what: str, share: float) -> float:
        """The longest of this share of them, in seconds."""
        known = sorted(self.seconds[what]) or [0.0]
        return known[min(len(known) - 1, int(len(known) * share))]

    def figures(self) -> dict[str, Any]:
        """For programs."""
        spans = {
            what: {
                name: round(self.at(what, share), 4)
                for name, share in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))
            }
            for what in self.seconds
        }
        return {
            "candidates": self.candidates,
            "seconds": spans,
            "calls": self.calls,
            "calls_per_second": round(self.calls / self.lasted, 1),
            "web_processor_microseconds_per_call": round(self.processor / max(1, self.calls) * 1e6),
            "web_processors_in_use": round(self.processor / self.lasted, 2),
            "wrong": len(self.wrong),
            "first_wrong": self.wrong[0] if self.wrong else None,
            "is_well": self.is_well,
        }


def run(
    port: int,
    rooms: Sequence[InRoom],
    *,
    seconds: float,
    seed: int,
    pids: Sequence[int],
    is_pressing: bool = False,
) -> Crowd:
    """Let them all live for so long. `pids` are the processes whose time is counted. `is_pressing`: each calls again as
    soon as it was answered, which nobody does, but it shows how many calls there can be."""
    version = Interview.objects.get(pk=rooms[0].interview).version_id
    # The first stage is saved already; they write in the next one.
    asked = Question.objects.filter(stage__version=version, stage__number=2).order_by("number")
    start = time.monotonic() + SETTLING_SECONDS
    living = _Living(
        port, asked.values_list("pk", flat=True)[0], start, start + seconds, Crowd(len(rooms)), is_pressing
    )
    dice = random.Random(seed)  # noqa: S311 -- phases
    return asyncio.run(living.all_of(rooms, dice, pids))


@dataclass(slots=True)
class _Living:
    port: int
    question: int
    start: float
    end: float
    found: Crowd
    is_pressing: bool

    async def all_of(self, rooms: Sequence[InRoom], dice: random.Random, pids: Sequence[int]) -> Crowd:
        lives = [asyncio.create_task(self._life(room, dice.random(), dice.random())) for room in rooms]
        await asyncio.sleep(max(0.0, self.start - time.monotonic()))
        spent = _spent(pids)
        await asyncio.sleep(max(0.0, self.end - time.monotonic()))
        self.found.processor, self.found.lasted = _spent(pids) - spent, self.end - self.start
        await asyncio.gather(*lives)
        return self.found

    async def _life(self, room: InRoom, beat_phase: float, text_phase: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        early = self.start - SETTLING_SECONDS
        due = {HEARTBEAT: early + beat_phase * BEAT_SECONDS, TEXT: early + text_phase * TYPED_SECONDS}
        revision = 0
        try:
            while (what := min(due, key=lambda name: due[name])) and due[what] < self.end:
                await asyncio.sleep(max(0.0, due[what] - time.monotonic()))
                revision += what == TEXT
                wire = self._beat(room) if what == HEARTBEAT else self._text(room, revision)
                began = time.monotonic()
                writer.write(wire)
                status, is_last = await _answer(reader)
                if began >= self.start:
                    self.found.seconds[what].append(time.monotonic() - began)
                if status not in ("200", "204"):
                    self.found.wrong.append(f"{what}: {status}")
                if is_last:
                    writer.close()
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                due[what] += BEAT_SECONDS if what == HEARTBEAT else TYPED_SECONDS
                if self.is_pressing:
                    due[what] = time.monotonic()
        except (OSError, asyncio.IncompleteReadError) as error:
            self.found.wrong.append(type(error).__name__)
        finally:
            writer.close()

    def _beat(self, room: InRoom) -> bytes:
        return self._wire("POST /room/api/heartbeat", room, {"epoch": 1, "visible": True})

    def _text(self, room: InRoom, revision: int) -> bytes:
        content = {"epoch": 1, "revision": revision, "text": _SENTENCE * (1 + revision % 10)}
        return self._wire(f"PUT /room/api/answers/{self.question}/text", room, content)

    def _wire(self, call: str, room: InRoom, content: dict[str, Any]) -> bytes:
        body = json.dumps(content, ensure_ascii=False).encode()
        head = (
            f"{call} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: room={room.cookie}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[str, bool]:
    """The status, and whether the connection ends with it."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    named = dict(line.split(":", 1) for line in head.split("\r\n")[1:] if ":" in line)
    await reader.readexactly(int(named.get("content-length", "0")))
    return head.split(" ", 2)[1], named.get("connection", "").strip() == "close"


def _spent(pids: Sequence[int]) -> float:
    """Seconds of processor that these processes have used."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS
