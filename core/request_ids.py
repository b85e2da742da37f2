"""The id of a request: what a line of the log, an event, a delivery or a job was set off by.

A request brings its id in `X-Request-ID`, or gets one, and reads it in the answer. What it sets off carries it on: the
event's row, the delivery's row, the job's package. Work that nobody asked for (a scheduled job, a turn of a loop) gets
one of its own.
"""

import re
import uuid
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
LONGEST = 64
# What proxies and programs send is random and long: an identity card's number (18) or a bank card's (19) is shorter.
_GOOD = re.compile(rf"[A-Za-z0-9_-]{{20,{LONGEST}}}")
# Under which key a job's package carries it.
KEY = "request_id"

_current: ContextVar[str] = ContextVar("core.request_ids", default="")


def new() -> str:
    """One that nobody has had: 32 hexadecimal digits, as proxies make them."""
    return uuid.uuid4().hex


def current() -> str:
    """The id of what is being done here; "" where a person runs a command."""
    return _current.get()


@contextmanager
def under(request_id: str) -> Iterator[None]:
    """What is done inside belongs to this id; an empty one leaves the id around it."""
    if not request_id:
        yield
        return
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


class RequestIds:
    """Middleware, the outermost: takes or makes the id, and says it in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        with under(given if _GOOD.fullmatch(given) else new()):
            response = self.get_response(request)
            response[HEADER] = current()
        return response


def job_is_queued(task: MutableMapping[str, Any], **_signal: Any) -> None:
    """A job carries the id of whoever asks for it; the clock's gets its own."""
    task[KEY] = current() or new()


def job_begins(task: MutableMapping[str, Any], **_signal: Any) -> None:
    """A worker takes a job: one thread, one job at a time. One that was queued by an earlier release has none yet."""
    _current.set(task.get(KEY) or new())


def job_ends(**_signal: Any) -> None:
    """And is done with it."""
    _current.set("")
