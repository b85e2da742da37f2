"""The machine: its clock that was set, its sleep, its memory. Each look compares with the one before."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import connection

from core.trouble.found import Found

# Between two looks the clock may be slewed a little, and a busy machine takes its time.
JUMP_SECONDS = SLEEP_SECONDS = 30.0
# Two machines that disagree by so much tell people different times.
APART_SECONDS = 30.0
SAID_FOR = timedelta(hours=24)
LOW_MEMORY_SHARE = 0.04


@dataclass(frozen=True, slots=True)
class Clocks:
    """Three clocks: the wall's, one that nobody can set and that stands still in sleep, and one that goes on in it."""

    wall: Callable[[], float] = time.time
    awake: Callable[[], float] = time.monotonic
    running: Callable[[], float] = lambda: time.clock_gettime(
        getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    )

    def read(self) -> tuple[float, float, float]:
        """All three."""
        return self.wall(), self.awake(), self.running()


class ClockWatch:
    """Remembers from look to look. `set_by` is how far the wall's clock was set since the watch began, in seconds.

    What was set forth and back again is as if nothing had been; what stays set is taken for the right time after a day.
    """

    def __init__(self, clocks: Clocks | None = None) -> None:
        self.clocks = clocks or Clocks()
        self.last = self.clocks.read()
        self.set_by = 0.0
        self._set_at = 0.0

    def look(self) -> Iterator[Found]:
        """What happened since the look before, and what still stands of earlier."""
        wall, awake, running = now = self.clocks.read()
        before, self.last = self.last, now
        passed = running - before[2]
        jumped = wall - before[0] - passed
        slept = passed - (awake - before[1])
        if abs(jumped) > JUMP_SECONDS:
            self.set_by += jumped
            self._set_at = running
        if abs(self.set_by) > JUMP_SECONDS:
            if running - self._set_at > SAID_FOR.total_seconds():
                self.set_by = 0.0
            else:
                yield Found(
                    "clock_forward" if self.set_by > 0 else "clock_back", {"seconds": abs(round(self.set_by))}
                )
        if slept > SLEEP_SECONDS:
            yield Found("slept", {"seconds": round(slept)}, SAID_FOR)


def against_the_database(wall: Callable[[], float] = time.time) -> Iterator[Found]:
    """This machine's clock and the database's: one statement."""
    with connection.cursor() as cursor:
        before = wall()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        theirs, after = cursor.fetchone()[0], wall()
    apart = max(before - theirs, theirs - after, 0.0)
    if apart > APART_SECONDS:
        yield Found("clocks_apart", {"seconds": round(apart)})


class MemoryWatch:
    """Whether memory is short, and whether the system has ended processes of ours or others for it."""

    def __init__(
        self, folder: Path = Path("/proc"), group: Path = Path("/sys/fs/cgroup/memory.events")
    ) -> None:
        self.folder, self.group = folder, group
        self.killed = self._killed()

    def look(self) -> Iterator[Found]:
        """The share that is left; and what was ended since the look before."""
        said = self._numbers(self.folder / "meminfo")
        total, left = said.get("MemTotal:", 0), said.get("MemAvailable:", 0)
        if total and left < total * LOW_MEMORY_SHARE:
            yield Found("memory_low", {"left": left * 1024, "total": total * 1024})
        killed, self.killed = self.killed, self._killed()
        if self.killed > killed:
            yield Found("memory_killed", {"count": self.killed - killed}, SAID_FOR)

    def _killed(self) -> int:
        """Of this container where it is one, else of the machine."""
        group = self._numbers(self.group)
        return group.get("oom_kill", self._numbers(self.folder / "vmstat").get("oom_kill", 0))

    @staticmethod
    def _numbers(file: Path) -> dict[str, int]:
        try:
            lines = file.read_text().splitlines()
        except OSError:
            return {}
        parted = [line.split() for line in lines]
        return {one[0]: int(one[1]) for one in parted if len(one) > 1 and one[1].isdigit()}
