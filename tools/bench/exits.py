"""One exit with its whole chain: over HTTP as a candidate waits for it, and the queries that it takes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.db import connection

from people.actors import Party
from recruitment.services import interviews
from tools.bench import writing
from tools.bench.people import InRoom


def over_http(port: int, rooms: Sequence[InRoom]) -> list[float]:
    """Seconds that each candidate waits for the answer to `exit`, one after the other."""
    found = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
        for room in rooms:
            began = time.perf_counter()
            answer = client.post(
                "/room/api/exit",
                json={"epoch": 1, "choice": "leave", "cause": "network"},
                headers={"Cookie": f"room={room.cookie}"},
            )
            found.append(time.perf_counter() - began)
            answer.raise_for_status()
    return found


@dataclass(slots=True)
class Inside:
    """Of each exit: seconds of processor time, number of queries, KB of write-ahead log."""

    seconds: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)
    kilobytes: list[float] = field(default_factory=list)


def inside(interviews_: Sequence[int]) -> Inside:
    """One after the other, without the web: each the first exit of an interview under way at epoch 1."""
    found = Inside()
    for interview in interviews_:
        counted = _Counter()
        written, began = writing.position(), time.process_time()
        with connection.execute_wrapper(counted):
            interviews.leave(
                interview_id=interview,
                epoch=1,
                choice="leave",
                cause="network",
                note="",
                by=Party.CANDIDATE,
            )
        found.seconds.append(time.process_time() - began)
        found.queries.append(counted.count)
        found.kilobytes.append((writing.position() - written) / 1024)
    return found


class _Counter:
    """Counts queries as they pass; Django's own capture would cost more than some of them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *call: Any) -> Any:
        self.count += 1
        return execute(*call)
