"""What a job finds due is taken a few at a time, or each by itself; what is wrong with one stays with it."""

import logging
from collections.abc import Callable, Collection, Iterable

from django.db import InterfaceError, OperationalError, transaction

from core.events.reading import reading_once

# Whoever wants one of a set's rows meanwhile waits for the chains of the others, too.
AT_ONCE = 20
logger = logging.getLogger(__name__)


def in_sets(
    keys: Iterable[int], take: Callable[[Collection[int]], int], *, what: str, at_once: int = AT_ONCE
) -> int:
    """Let `take` lock these rows, see which of them are still due, and take their step; it answers how many it took.

    A set is one transaction and one chain. One that fails leaves nothing behind: each of its rows is then taken by
    itself (`each`). Returns how many were taken.
    """
    taken, found = 0, list(keys)
    for start in range(0, len(found), at_once):
        some = found[start : start + at_once]
        try:
            taken += _together(some, take)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # noqa: BLE001 -- whatever it is, nobody else may wait for it
            taken += each(some, lambda one: _together([one], take), what=what)
    return taken


def each(keys: Iterable[int], take: Callable[[int], int], *, what: str) -> int:
    """`take` for one after the other, each in a transaction of its own, which it holds itself.

    The one that fails is named in the log and left for the next time. That the database is gone goes on to the caller.
    Returns the sum of what `take` answers.
    """
    taken = 0
    for one in keys:
        try:
            taken += take(one)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 -- as above
            logger.error("%s %s cannot be taken: %s", what, one, type(error).__name__)
    return taken


def _together(some: Collection[int], take: Callable[[Collection[int]], int]) -> int:
    with reading_once(), transaction.atomic():
        return take(some)
