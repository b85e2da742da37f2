"""Many candidates recording at once: their pieces, their heartbeats, and slow phones among them. Then the books.

Each sends what a recorder makes of four seconds, every four seconds, and tries again as the page does. At the end every
acknowledged piece must be stored once, with its bytes.
"""

import asyncio
import hashlib
import random
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core import connections
from recruitment.models import Chunk, Consent, Interview, Question
from recruitment.recordings import storage
from tools.bench.people import InRoom

SLICE_SECONDS = 4.0
AUDIO_BYTES = 48_000 // 8 * 4
VIDEO_BYTES = 600_000 // 8 * 4
HEARTBEAT_SECONDS = 10.0
SLOW_BYTES_PER_SECOND = 50_000
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
# The page gives up a request after this long and tries again; a slow phone's piece takes six seconds by itself.
TIMEOUT = 15.0
GOAL_PUT_P95, GOAL_HEARTBEAT = 1.0, 1.0
CREATED, KNOWN, NO_CONTENT = 201, 200, 204


@dataclass(frozen=True)
class Crowd:
    """Who records: how many in sound, in picture, and how many of the latter on slow phones."""

    audio: int = 200
    video: int = 40
    slow: int = 0

    @property
    def kinds(self) -> list[str]:
        """What each of them is."""
        return ["audio"] * self.audio + ["video"] * self.video + ["slow"] * self.slow


@dataclass
class Uploads:
    """What was sent and how it went."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    acknowledged: dict[tuple[int, int], str] = field(default_factory=dict)
    sent_bytes: int = 0
    tries_again: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: int = 0
    double: int = 0
    unknown: int = 0
    spoilt: int = 0
    megabytes: list[float] = field(default_factory=list)

    def took(self, what: str, seconds: float) -> None:
        """Note one request."""
        self.seconds.setdefault(what, []).append(seconds)

    def at(self, what: str, share: float) -> float:
        """A quantile of the seconds; 0 without any."""
        known = sorted(self.seconds.get(what, []))
        return known[min(len(known) - 1, int(len(known) * share))] if known else 0.0

    @property
    def is_well(self) -> bool:
        """Nothing lost, double or spoilt, and the goals met."""
        books = self.lost + self.double + self.unknown + self.spoilt + len(self.wrong)
        return (
            books == 0
            and self.at("chunk", 0.95) < GOAL_PUT_P95
            and self.at("heartbeat", 1.0) < GOAL_HEARTBEAT
        )

    def figures(self) -> dict[str, Any]:
        """What is printed as JSON."""
        return {
            "is_well": self.is_well,
            "seconds": {what: self._shares(what) for what in self.seconds},
            "acknowledged": len(self.acknowledged),
            "sent_bytes": self.sent_bytes,
            "tries_again": self.tries_again,
            "wrong": self.wrong[:20],
            "lost": self.lost,
            "double": self.double,
            "unknown": self.unknown,
            "spoilt": self.spoilt,
            "megabytes_first": round(self.megabytes[0], 1),
            "megabytes_most": round(max(self.megabytes), 1),
        }

    def _shares(self, what: str) -> dict[str, float]:
        shares = {f"p{share * 100:.0f}": round(self.at(what, share), 3) for share in (0.5, 0.95, 1.0)}
        return {"requests": len(self.seconds[what]), **shares}


def run(
    port: int, rooms: Sequence[InRoom], crowd: Crowd, *, seconds: float, seed: int, pids: Sequence[int]
) -> Uploads:
    """Let the crowd record for this long against the web server, then compare with what is stored, and clear it away.

    `pids` are the web processes whose memory is watched.
    """
    question = _agree(rooms)
    connections.give_back()  # for as long as they record
    found = Uploads()
    over = threading.Event()
    watch = threading.Thread(target=_watch_memory, args=(pids, found, over))
    watch.start()
    try:
        ends_at = time.monotonic() + seconds
        pages = [
            _Page(port=port, room=room, kind=kind, question=question, ends_at=ends_at, seed=seed, found=found)
            for room, kind in zip(rooms, crowd.kinds, strict=False)
        ]
        asyncio.run(_crowd(pages))
    finally:
        over.set()
        watch.join()
    _compare(rooms, found)
    _clear(rooms)
    return found


def _agree(rooms: Sequence[InRoom]) -> int:
    """Everybody agrees to be recorded; the first question of the open stage is answered by all."""
    Consent.objects.bulk_create(
        Consent(interview_id=room.interview, attempt=1, kind="recording", version="bench", given=True)
        for room in rooms
    )
    version = Interview.objects.values_list("version", flat=True).get(pk=rooms[0].interview)
    return Question.objects.filter(stage__version=version, stage__number=2).order_by("number")[0].pk


async def _crowd(pages: Sequence["_Page"]) -> None:
    await asyncio.gather(*(page.record() for page in pages), *(page.beat() for page in pages))


class _Page:
    """One candidate's page: a recorder with its queue, and a heart."""

    def __init__(
        self, *, port: int, room: InRoom, kind: str, question: int, ends_at: float, seed: int, found: Uploads
    ) -> None:
        self.port, self.room, self.kind, self.ends_at, self.found = port, room, kind, ends_at, found
        self.dice = random.Random(f"{seed} {room.interview}")  # noqa: S311 -- pauses and noise
        self.path = f"/room/api/answers/{question}/segments/0/chunks/"
        self.mime = "audio/webm;codecs=opus" if kind == "audio" else "video/webm;codecs=vp8,opus"
        self.size = AUDIO_BYTES if kind == "audio" else VIDEO_BYTES
        self.wires: dict[str, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}

    async def record(self) -> None:
        """A piece every four seconds; one that is late is followed at once, as a queue is drained."""
        await asyncio.sleep(self.dice.uniform(0, SLICE_SECONDS))
        due, seq = time.monotonic(), 0
        while time.monotonic() < self.ends_at:
            await self._put(seq)
            seq, due = seq + 1, due + SLICE_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        self._hang_up("chunk")

    async def _put(self, seq: int) -> None:
        body = f"{self.room.interview} {seq} ".encode() + self.dice.randbytes(self.size)
        sha256 = hashlib.sha256(body).hexdigest()
        head = [
            f"PUT {self.path}{seq} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Cookie: room={self.room.cookie}",
            f"Content-Type: {self.mime}", f"X-Chunk-SHA256: {sha256}", "X-Epoch: 1", f"Content-Length: {len(body)}",
        ]  # fmt: skip
        for tries in range(20):
            if tries:
                self.found.tries_again += 1
                await asyncio.sleep(PAUSES[min(tries, len(PAUSES)) - 1] * self.dice.uniform(0.8, 1.2))
            name = "slow chunk" if self.kind == "slow" else "chunk"
            status = await self._ask("chunk", name, head, body, slowly=self.kind == "slow")
            if status in (CREATED, KNOWN):
                self.found.acknowledged[self.room.interview, seq] = sha256
                self.found.sent_bytes += len(body)
                return
            if status is not None and status < 500 and status != 429:  # noqa: PLR2004 -- HTTP
                break
        self.found.wrong.append(f"chunk {self.room.interview} {seq}: {status}")

    async def beat(self) -> None:
        """A heartbeat every ten seconds on a connection of its own."""
        await asyncio.sleep(self.dice.uniform(0, HEARTBEAT_SECONDS))
        body = b'{"epoch": 1, "visible": true}'
        head = [
            "POST /room/api/heartbeat HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Cookie: room={self.room.cookie}",
            "Content-Type: application/json", f"Content-Length: {len(body)}",
        ]  # fmt: skip
        while time.monotonic() < self.ends_at:
            status = await self._ask("heartbeat", "heartbeat", head, body)
            if status != NO_CONTENT:
                self.found.wrong.append(f"heartbeat {self.room.interview}: {status}")
            await asyncio.sleep(HEARTBEAT_SECONDS * self.dice.uniform(0.9, 1.1))
        self._hang_up("heartbeat")

    async def _ask(
        self, wire: str, name: str, head: list[str], body: bytes, *, slowly: bool = False
    ) -> int | None:
        """One request; its status, None without an answer. A kept connection that the server closed is opened anew."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(TIMEOUT):
                for is_new in (wire not in self.wires, True):
                    if is_new:
                        self.wires[wire] = await asyncio.open_connection("127.0.0.1", self.port)
                    try:
                        status = await self._exchange(*self.wires[wire], head, body, slowly=slowly)
                        break
                    except (ConnectionError, asyncio.IncompleteReadError):
                        self._hang_up(wire)
                        if is_new:
                            raise
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            self._hang_up(wire)
            return None
        self.found.took(name, time.monotonic() - began)
        return status

    async def _exchange(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        head: list[str],
        body: bytes,
        *,
        slowly: bool,
    ) -> int:
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n")
        step = SLOW_BYTES_PER_SECOND // 10 if slowly else len(body)
        for start in range(0, len(body), step):
            writer.write(body[start : start + step])
            await writer.drain()
            if slowly:
                await asyncio.sleep(0.1)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = answer.partition("content-length: ")[2].partition("\r\n")[0]
        await reader.readexactly(int(length or 0))
        return int(answer.split(" ", 2)[1])

    def _hang_up(self, wire: str) -> None:
        if wire in self.wires:
            self.wires.pop(wire)[1].close()


def _watch_memory(pids: Sequence[int], found: Uploads, over: threading.Event) -> None:
    while not over.wait(1.0):
        found.megabytes.append(sum(memory_of(pid) for pid in pids))


def memory_of(pid: int) -> float:
    """What a process holds, in megabytes, what it shares counted in part; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def descendants(pid: int) -> list[int]:
    """Every process that this one started, and that those started; a thread or process that ends meanwhile has none."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        # What is read may have ended since it was named: no such file, or no such process.
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in task.read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def _compare(rooms: Sequence[InRoom], found: Uploads) -> None:
    """The books: what was acknowledged against the rows, and the rows against the bytes."""
    stored: dict[tuple[int, int], str] = {}
    rows = Chunk.objects.filter(segment__answer__interview__in=[room.interview for room in rooms])
    for interview, seq, sha256, name in rows.values_list(
        "segment__answer__interview", "seq", "sha256", "stored_name"
    ):
        found.double += (interview, seq) in stored
        stored[interview, seq] = sha256
        with storage.opened(name) as content:
            found.spoilt += hashlib.file_digest(content, "sha256").hexdigest() != sha256  # type: ignore[arg-type]
    found.lost = sum(stored.get(place) != sha256 for place, sha256 in found.acknowledged.items())
    # Stored but never acknowledged: the answer was lost on its way and the run ended before another try.
    found.unknown = len(stored.keys() - found.acknowledged.keys())
    names = set(rows.values_list("stored_name", flat=True))
    found.double += len(names) != len(stored)


def _clear(rooms: Sequence[InRoom]) -> None:
    rows = Chunk.objects.filter(segment__answer__interview__in=[room.interview for room in rooms])
    for name in rows.values_list("stored_name", flat=True):
        storage.delete(name)
    rows.delete()
