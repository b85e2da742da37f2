"""A connection to several hosts, as psycopg makes it, to the one that is ahead."""

import logging
import threading
import time
from typing import Any

import psycopg

from core.primaries import timelines

logger = logging.getLogger(__name__)
_looked_at = -timelines.FRESH
_looking = threading.Lock()


class Connection(psycopg.Connection[Any]):
    """Made to the first host that takes writes and is not behind. OperationalError where there is none."""

    @classmethod
    def connect(cls, conninfo: str = "", **words: Any) -> "Connection":
        """As psycopg's, and one statement more. The others are asked first, where nobody on this machine has lately."""
        _look(words)
        while True:
            made = super().connect(conninfo, **words)
            try:
                state = timelines.state_of(made)
                if not timelines.is_behind(state):
                    timelines.keep(state)
                    if not made.autocommit:
                        made.rollback()
                    return made
            except BaseException:
                made.close()
                raise
            refused = (made.info.host, str(made.info.port))
            made.close()
            logger.warning("%s:%s takes writes and is behind: it gets none", *refused)
            words = _without(words, refused)


def connect(words: dict[str, Any]) -> psycopg.Connection[Any]:
    """For whoever connects past Django: by our own class where there are several hosts."""
    several = bool(timelines.apart(words))
    return Connection.connect(**words) if several else psycopg.connect(**words)


def _without(words: dict[str, Any], refused: tuple[str, str]) -> dict[str, Any]:
    left = [one for one in timelines.apart(words) if (one["host"], one["port"]) != refused]
    if not left:
        raise psycopg.OperationalError("no database takes writes but one that is behind")
    return words | {name: ",".join(str(one[name]) for one in left) for name in ("host", "port")}


def _look(words: dict[str, Any]) -> None:
    """Once in a while in each process, and not where a pump of this machine does it."""
    global _looked_at  # noqa: PLW0603 -- of this process
    with _looking:
        if time.monotonic() - _looked_at < timelines.FRESH or timelines.is_fresh():
            return
        timelines.look(timelines.apart(words))
        _looked_at = time.monotonic()
