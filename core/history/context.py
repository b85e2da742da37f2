"""Who acts here, from where and why: said around a piece of work, read when it first writes.

with acting(source="job:recruitment.tasks.score"), because("asked for by the candidate"):
    ...
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject, empty

LONGEST_SOURCE, LONGEST_REASON = 200, 2000
# Addresses of these are kept as they are; of others only the pattern, since a candidate's link is a secret.
_BY_ADDRESS = {"/admin/": "page", "/api/": "api"}


@dataclass(frozen=True, slots=True)
class Acting:
    """`by` is the colleague's number where one is known, `party` who acts without an account, `why` the reason given.

    Of a request all is found out when it is asked for: its person is known only inside the view.
    """

    source: str = ""
    by: int | None = None
    party: str = ""
    why: str = ""
    request: HttpRequest | None = None

    def told(self) -> str:
        """What the triggers read, as JSON. No statement: a person whom nothing has asked for yet stays unknown."""
        source, by, party = self.source, self.by, self.party
        if self.request is not None:
            source, by = _place(self.request), _person(self.request)
            party = "" if by is not None else party_at(source)
        facts = {"from": source[:LONGEST_SOURCE], "by": by, "as": party, "why": self.why[:LONGEST_REASON]}
        return json.dumps({key: value for key, value in facts.items() if value}, ensure_ascii=False)


_current: ContextVar[Acting | None] = ContextVar("core.history", default=None)


def current() -> Acting:
    """Who acts here; without a word from anybody, the command that this process was started with."""
    return _current.get() or _process()


@contextmanager
def acting(*, source: str, by: int | None = None, party: str = "", why: str = "") -> Iterator[None]:
    """What is written inside comes from `source` ("job:…", "loop:…", "command:…"), by this person or party."""
    token = _current.set(Acting(source=source, by=by, party=party, why=why))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def because(why: object) -> Iterator[None]:
    """All that is written inside has this reason; without one, the reason around it stands."""
    if not why:
        yield
        return
    token = _current.set(replace(current(), why=str(why)))
    try:
        yield
    finally:
        _current.reset(token)


class Requests:
    """Middleware: what a request writes was written by its person, from its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _current.set(Acting(request=request))
        try:
            return self.get_response(request)
        finally:
            _current.reset(token)


def job_begins(task: Mapping[str, Any], **_signal: Any) -> None:
    """A worker takes a job: one thread, one job at a time."""
    _current.set(Acting(source=f"job:{_dotted(task.get('func'))}"))


def job_ends(**_signal: Any) -> None:
    """And is done with it."""
    _current.set(None)


@cache
def parties() -> dict[str, str]:
    """Who acts without an account, by how the address's pattern begins, as every app's `recorded.py` says."""
    from core.history.recording import declarations  # noqa: PLC0415 -- which looks at the models

    return {start: party for module in declarations() for start, party in module.get("PARTIES", {}).items()}


def party_at(source: str) -> str:
    """The party whose door this is; "" where it is nobody's."""
    return next((party for start, party in parties().items() if source.startswith(f"door:{start}")), "")


def _place(request: HttpRequest) -> str:
    for start, kind in _BY_ADDRESS.items():
        if request.path.startswith(start):
            return f"{kind}:{request.path}"
    match = request.resolver_match
    return f"door:{match.route}" if match else "door:"


def _person(request: HttpRequest) -> int | None:
    user: Any = getattr(request, "user", None)
    if isinstance(user, LazyObject) and user.__dict__.get("_wrapped", empty) is empty:
        return None
    pk = getattr(user, "pk", None)
    return pk if isinstance(pk, int) else None


@cache
def _process() -> Acting:
    program, *words = [Path(sys.argv[0]).name if sys.argv else "python", *sys.argv[1:2]]
    name = words[0] if program == "manage.py" and words else program
    return Acting(source=f"command:{name}")


def _dotted(func: Any) -> str:
    return (
        func
        if isinstance(func, str)
        else f"{getattr(func, '__module__', '')}.{getattr(func, '__name__', '')}"
    )
