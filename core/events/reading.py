"""What a whole chain reads once: rows that no receiver writes, such as the calendar, or who leads a department."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

from django.db.models import Model

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Row = TypeVar("Row", bound=Model)
Key = TypeVar("Key", bound=Hashable)

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("read_in_this_chain", default=None)
_held: ContextVar[Collection[Model]] = ContextVar("held_by_whoever_began_this_chain", default=())


@contextmanager
def reading_once(held: Collection[Model] = ()) -> Iterator[None]:
    """Around the receivers of the outermost event: what one of them read stays known until the last has run.

    A step may put it around itself: its chain then knows what the step has read. `held` are rows that whoever began the
    chain has locked and saved; see `held_row`.
    """
    tokens = _kept.set(dict(_kept.get() or {})), _held.set(held)
    try:
        yield
    finally:
        _kept.reset(tokens[0])
        _held.reset(tokens[1])


def is_reading_once() -> bool:
    """Whether what is read now stays known for a while."""
    return _kept.get() is not None


def held_row(model: type[Row], pk: int) -> Row | None:
    """This row, when whoever began the chain holds it under its lock, as it was saved: it need not be read again."""
    return next((row for row in _held.get() if isinstance(row, model) and row.pk == pk), None)


def forget_everything() -> None:
    """Something was undone: what was read meanwhile is read anew."""
    if (kept := _kept.get()) is not None:
        kept.clear()


class once_per_chain(Generic[Asked, Answer]):  # noqa: N801 -- reads as the decorator that it is
    """Within a chain everybody has the answer of the first call with these arguments; outside, each call reads anew.

    Only for what no receiver writes, or what whoever writes it tells (`know`, `forget`), and for answers that nobody
    else changes. What must be read under the lock of a row has that row among its arguments.
    """

    def __init__(self, read: Callable[Asked, Answer]) -> None:
        self.read = read
        update_wrapper(self, read)

    def __call__(self, *asked: Asked.args, **named: Asked.kwargs) -> Answer:
        kept = _kept.get()
        if kept is None:
            return self.read(*asked, **named)
        key = (self.read, asked, tuple(sorted(named.items())))
        if key not in kept:
            kept[key] = self.read(*asked, **named)
        found: Answer = kept[key]
        return found

    def known(self, *asked: Asked.args, **named: Asked.kwargs) -> Answer | None:
        """The answer, if this chain has it already; nothing is read."""
        kept = _kept.get()
        return None if kept is None else kept.get((self.read, asked, tuple(sorted(named.items()))))

    def know(self, answer: Answer, *asked: Asked.args, **named: Asked.kwargs) -> None:
        """Whoever has just written it knows the answer: nobody else in this chain has to ask."""
        if (kept := _kept.get()) is not None:
            kept[self.read, asked, tuple(sorted(named.items()))] = answer

    def forget(self) -> None:
        """Whoever writes what this reads says so: the next call in this chain reads anew."""
        if (kept := _kept.get()) is not None:
            for key in [key for key in kept if isinstance(key, tuple) and key[0] is self.read]:
                del kept[key]


class once_in_sets(once_per_chain[[Key], Answer]):  # noqa: N801 -- as above
    """`once_per_chain` for what is asked of many rows: the function answers for several keys at once.

    Asked for one, it reads that one; `ahead` reads for all that a set of events will ask, with the same statements.
    """

    def __init__(self, read_all: Callable[[Collection[Key]], Mapping[Key, Answer]]) -> None:
        super().__init__(lambda key: read_all([key])[key])
        self.read_all = read_all
        update_wrapper(self, read_all)

    def ahead(self, keys: Iterable[Key]) -> None:
        """Within a chain: read at once what nobody has read of these yet. For one alone nothing is read ahead."""
        kept = _kept.get()
        if kept is None:
            return
        wanted = [key for key in dict.fromkeys(keys) if (self.read, (key,), ()) not in kept]
        if len(wanted) > 1:
            for key, answer in self.read_all(wanted).items():
                self.know(answer, key)
