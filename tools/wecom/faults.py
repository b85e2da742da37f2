"""The ways an HTTP provider fails, as values a test puts into an emulator's queue."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Trickle:
    """A body that never ends, one byte per `pause`."""

    pause: float
    seconds: float


@dataclass(frozen=True)
class Fault:
    """What happens instead of the answer. `takes_it`: the request is carried out all the same."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    takes_it: bool = False
    hang_seconds: float = 0.0
    reset: bool = False
    shorten: bool = False
    merge: dict[str, Any] | None = None
    trickle: Trickle | None = None


def errcode(number: int, **more: Any) -> Fault:
    """A refusal with WeCom's number; the sentence quotes what a real one quotes."""
    answer = {"errcode": number, "errmsg": "hint: [1700000000], from ip: 10.9.8.7", **more}
    return Fault(body=json.dumps(answer).encode())


def success_without(**more: Any) -> Fault:
    """errcode 0 with a list of people who were not reached: nothing was sent."""
    return Fault(body=json.dumps({"errcode": 0, "errmsg": "ok", "msgid": "msg-x", **more}).encode())


def answer_with(**more: Any) -> Fault:
    """The request is carried out; the answer is the usual one with these fields changed."""
    return Fault(takes_it=True, merge=more)


def raw(body: bytes, *, status: int = 200, takes_it: bool = False, **headers: str) -> Fault:
    """These bytes as the answer."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Fault(status=status, body=body, takes_it=takes_it, headers=named)


def html(*, takes_it: bool = False) -> Fault:
    """A page of HTML with status 200, as a captive gateway sends it."""
    return raw(b"<html><body>gateway</body></html>", takes_it=takes_it)


def half_an_answer() -> Fault:
    """The request is carried out; the JSON of the answer breaks off in the middle."""
    return Fault(takes_it=True, shorten=True)


def http_status(status: int) -> Fault:
    """Nothing is carried out and the gateway says so."""
    return raw(b"<html>no</html>", status=status)


def hang(seconds: float, *, takes_it: bool = False) -> Fault:
    """No answer for `seconds`, then a reset."""
    return Fault(takes_it=takes_it, hang_seconds=seconds, reset=True)


def reset(*, takes_it: bool = False) -> Fault:
    """The connection is torn down without an answer."""
    return Fault(takes_it=takes_it, reset=True)


def trickle(*, pause: float, seconds: float) -> Fault:
    """An answer that comes byte by byte and never ends."""
    return Fault(trickle=Trickle(pause=pause, seconds=seconds))


def truncated(body: bytes) -> bytes:
    """The first half of `body`."""
    return body[: len(body) // 2]
