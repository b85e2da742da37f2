"""What a whole chain reads once: rows that no receiver writes, such as the calendar, or who leads a department."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("read_in_this_chain", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Around the receivers of the outermost event: what one of them read stays known until the last has run."""
    if _kept.get() is not None:
        yield
        return
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once_per_chain(read: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Within a chain everybody has the answer of the first call with these arguments; outside, each call reads anew.

    Only for what no receiver writes, and for answers that nobody changes. What must be read under the lock of a row has
    that row among its arguments.
    """

    @wraps(read)
    def answer(*asked: Asked.args, **named: Asked.kwargs) -> Answer:
        kept = _kept.get()
        if kept is None:
            return read(*asked, **named)
        key = (read, asked, tuple(sorted(named.items())))
        if key not in kept:
            kept[key] = read(*asked, **named)
        found: Answer = kept[key]
        return found

    return answer
