"""All candidates at once, on one event loop, until each is done or the time is up."""

import asyncio
import time
from collections.abc import Callable, Sequence

from tools.simulate.candidate import Candidate, Seat
from tools.simulate.journal import Journal
from tools.simulate.scripts import Script
from tools.simulate.wire import Figures


def drive(
    scripts: Sequence[Script],
    seats: Sequence[Seat],
    *,
    base_url: str,
    journal: Journal,
    duration: float,
    seed: int,
    patience: float,
    tick: Callable[[], None] = lambda: None,
) -> tuple[Figures, float]:
    """Live every script against the server at `base_url`; the figures, and how many seconds it took.

    Nobody sends anything after `duration` + `patience` seconds: who is not done by then is noted as `out_of_time`.
    """
    figures = Figures()
    began = time.monotonic()

    async def everybody() -> None:
        candidates = [
            Candidate(
                script, seat, base_url=base_url, journal=journal, figures=figures, ends_at=began + duration + patience,
                seed=seed,
            )
            for script, seat in zip(scripts, seats, strict=True)
        ]  # fmt: skip

        async def one(candidate: Candidate) -> None:
            try:
                await candidate.live()
            finally:
                tick()

        await asyncio.gather(*(one(candidate) for candidate in candidates))

    asyncio.run(everybody())
    return figures, time.monotonic() - began
