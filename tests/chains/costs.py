"""Counting the statements of a step with its chain: all of them, and those of each receiver."""

import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from core.events import running

ROOT = Path(__file__).resolve().parent.parent.parent


class Statements:
    """What went to the database, each under the receiver that ran ("" for the step itself)."""

    def __init__(self) -> None:
        self.all: list[tuple[str, str]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        reaction = running._running.get()
        if os.environ.get("SHOW_STATEMENTS"):
            frames = [
                f
                for f in traceback.extract_stack()
                if f.filename.startswith(str(ROOT)) and ".venv" not in f.filename
            ]
            place = " < ".join(
                f"{Path(f.filename).stem}.{f.name}:{f.lineno}" for f in reversed(frames[-6:-1])
            )
            print(f"{len(self.all) + 1:3} [{reaction.name if reaction else ''}] {sql[:150]} | {place}")
        self.all.append((reaction.name if reaction else "", sql))
        return execute(sql, *rest)

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.all)

    def of(self, app: str) -> int:
        """Those of an app's receivers, and of nobody else that these set off."""
        return sum(name.startswith(f"{app}.") for name, _sql in self.all)

    def by_receiver(self) -> dict[str, int]:
        """How many each took."""
        return dict(Counter(name or "the step itself" for name, _sql in self.all))


@contextmanager
def counted() -> Iterator[Statements]:
    """Count what is sent meanwhile."""
    found = Statements()
    with connection.execute_wrapper(found):
        yield found
