"""A heartbeat beside a bare UPDATE and an empty view: the same web server, the same bytes, in turns."""

import random
import socket
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.bench.people import InRoom

GOAL = 1.5
CONNECTIONS = 4
BODY = b'{"epoch": 1, "visible": true}'
PATHS = {
    "empty view": "/bench/empty/{interview}",
    "bare UPDATE": "/bench/update/{interview}",
    "bare UPDATE, relaxed": "/bench/relaxed/{interview}",
    "heartbeat": "/room/api/heartbeat",
}


class WrongAnswerError(Exception):
    """Something else than 204 came back: what was measured is not what was meant."""


@dataclass
class Rounds:
    """Milliseconds per request in each round, by view."""

    milliseconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in PATHS})

    def median(self, name: str) -> float:
        """The view's median over the rounds."""
        return statistics.median(self.milliseconds[name])

    def ratio(self, name: str, to: str) -> float:
        """The median of the rounds' own ratios: what slows the machine slows both sides of a round."""
        pairs = zip(self.milliseconds[name], self.milliseconds[to], strict=True)
        return statistics.median(one / other for one, other in pairs)


def measure(port: int, rooms: Sequence[InRoom], *, rounds: int, requests: int, seed: int) -> Rounds:
    """`requests` of each view in each round, over CONNECTIONS connections at once, in an order that changes."""
    dice = random.Random(seed)  # noqa: S311 -- an order, not a secret
    found = Rounds()
    for name in PATHS:
        _round(port, rooms, name, requests // 4)  # warm
    for _ in range(rounds):
        for name in dice.sample(list(PATHS), len(PATHS)):
            found.milliseconds[name].append(_round(port, rooms, name, requests))
    return found


def _round(port: int, rooms: Sequence[InRoom], name: str, requests: int) -> float:
    wires = [
        [_request(port, room, name) for room in _share(rooms, number, requests // CONNECTIONS)]
        for number in range(CONNECTIONS)
    ]
    failed: list[bytes] = []
    threads = [threading.Thread(target=_send, args=(port, wire, failed)) for wire in wires]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if failed:
        raise WrongAnswerError(failed[0][:300].decode(errors="replace"))
    return took * 1000 / sum(len(wire) for wire in wires)


def _share(rooms: Sequence[InRoom], number: int, count: int) -> list[InRoom]:
    own = rooms[number::CONNECTIONS]
    return [own[place % len(own)] for place in range(count)]


def _request(port: int, room: InRoom, name: str) -> bytes:
    head = [
        f"POST {PATHS[name].format(interview=room.interview)} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Cookie: room={room.cookie}",
        "Content-Type: application/json",
        f"Content-Length: {len(BODY)}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + BODY


def _send(port: int, requests: list[bytes], failed: list[bytes]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        for request in requests:
            wire.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer:
                piece = wire.recv(4096)
                if not piece:
                    break
                answer += piece
            if not answer.startswith(b"HTTP/1.1 204"):
                failed.append(answer)
                return
