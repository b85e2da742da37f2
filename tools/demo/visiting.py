"""Who comes into the room by themselves while somebody tries the demo: over HTTP, at a person's pace, two at a time."""

import asyncio
import json
import math
import threading
from pathlib import Path
from typing import Any

from tools.simulate.candidate import Candidate, Seat
from tools.simulate.journal import Journal
from tools.simulate.scripts import Script, Way
from tools.simulate.wire import Figures

# Written at every start by `tools.demo.guests`: who comes, by which link, and what they say.
NAME = "guests.json"
AT_ONCE = 2
# A question takes four minutes, an interview about a quarter of an hour; the second comes a minute after the first.
PACE, APART = 240.0, 60.0
# The second one closes the page in the second stage and is back after a while.
LEAVES, AWAY = 1, 300.0


def begin(home: Path, base_url: str) -> threading.Thread | None:
    """All of them, beside whatever this process does; None where nobody is to come. It ends with the process."""
    path = home / NAME
    if not path.exists():
        return None
    visitors = json.loads(path.read_text())["guests"]
    coming = threading.Thread(
        target=lambda: asyncio.run(come(visitors, base_url)), name="guests", daemon=True
    )
    coming.start()
    return coming


async def come(
    visitors: list[dict[str, Any]],
    base_url: str,
    *,
    pace: float = PACE,
    apart: float = APART,
    away: float = AWAY,
) -> Journal:
    """One after the other, `AT_ONCE` in the room, until each has been there. What was sent, and how each ended."""
    journal, figures, seats = Journal(), Figures(), asyncio.Semaphore(AT_ONCE)

    async def one(number: int, visitor: dict[str, Any]) -> None:
        journal.note("candidate", visitor["interview"], number=number)
        words = {int(question): text for question, text in visitor["words"].items()}
        seat = Seat(interview=visitor["interview"], token=visitor["token"], answers={}, words=words)
        script = _script(number, pace=pace, apart=apart, away=away)
        async with seats:
            guest = Candidate(
                script,
                seat,
                base_url=base_url,
                journal=journal,
                figures=figures,
                ends_at=math.inf,
                seed=number,
            )
            await guest.live()

    await asyncio.gather(*(one(number, visitor) for number, visitor in enumerate(visitors)))
    return journal


def _script(number: int, *, pace: float, apart: float, away: float) -> Script:
    leaves = number == LEAVES
    return Script(
        number=number,
        starts_after=apart * (number % AT_ONCE),
        seconds_per_question=pace,
        strong=number % 3 != AT_ONCE,
        reloads=False,
        way=Way.CLOSED if leaves else None,
        exit_stage=1 if leaves else 0,
        returns=leaves,
        away=away,
    )
