"""How far the clock on the wall was set, told by one that nobody can set: a jump of the wall is not time.

The wall is the database's, since what is due is due by it. The other one counts from this machine's start and goes on
in its sleep; readings of two machines are never compared.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from core.env import node
from core.trouble.machine import JUMP_SECONDS, SAID_FOR, Clocks
from core.trouble.models import WallClock

# What was read while somebody was waited for is no reading.
AT_ONCE_SECONDS = 1.0
STEADY = Clocks().running
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def this_start() -> str:
    """Whose clock it is: this machine since it was started; empty where that cannot be told."""
    try:
        return f"{node()}:{_BOOT.read_text().strip()}"
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The wall and the other clock at one moment, and how far the wall had been set by then since the row began."""

    at: datetime
    seconds: float
    total: float


@dataclass
class Keeper:
    """Notes how far the wall was set. Each process that keeps it compares with its own reading before.

    A process that begins goes on from the reading of the one before on this machine, so that a jump is not lost with
    whoever was ended in it.
    """

    steady: Callable[[], float] = STEADY
    of: str = field(default_factory=this_start)
    last: Reading | None = None

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """What was read in a transaction that did not end well was never noted."""
        last = self.last
        try:
            yield
        except BaseException:
            self.last = last
            raise

    def look(self) -> timedelta:
        """By how much the wall was set since the look before, and nobody has noted yet; nothing on an ordinary day.

        One transaction under the row's lock: of several pumps, one notes a jump. What was set forth and back again is
        as if nothing had been; what stays set is taken for the right time after a day.
        """
        with transaction.atomic():
            row, _is_made = WallClock.objects.select_for_update().get_or_create(pk=1)
            before = self.steady()
            with connection.cursor() as cursor:
                cursor.execute("SELECT clock_timestamp()")
                at: datetime = cursor.fetchone()[0]
            seconds = self.steady()
            if seconds - before > AT_ONCE_SECONDS:
                return timedelta(0)
            jumped = self._jumped(row, at, seconds)
            if abs(jumped) > JUMP_SECONDS:
                row.total += jumped
                row.times_set += 1
                row.set_by += jumped
                row.set_at = at
            elif row.set_at is not None and abs(at - row.set_at) > SAID_FOR:
                row.set_by, row.set_at = 0.0, None
            row.steady_of, row.steady_at, row.steady_seconds = self.of, at, seconds
            row.save()
            self.last = Reading(at, seconds, row.total)
        return timedelta(seconds=jumped) if abs(jumped) > JUMP_SECONDS else timedelta(0)

    def _jumped(self, row: WallClock, at: datetime, seconds: float) -> float:
        last = self.last
        if last is None and self.of and row.steady_of == self.of and row.steady_at is not None:
            last = Reading(row.steady_at, row.steady_seconds, row.total)
        if last is None:
            return 0.0
        wall = (at - last.at).total_seconds() - (seconds - last.seconds)
        # Less what another pump has noted of it.
        return wall - (row.total - last.total)


def times_set() -> int:
    """How often the clock on the wall was set until now, as far as anybody has noted it. One statement."""
    return WallClock.objects.values_list("times_set", flat=True).first() or 0


def earliest() -> datetime:
    """The earliest that it may be: asked by what ends or is deleted for good because of its age. One statement.

    A clock that was set forward takes nothing away; what is late for it has a day, after which the clock is believed.
    """
    return moments()[0]


def is_past(moment: datetime) -> bool:
    """Whether it is so by every clock. One statement; none while the wall itself says no."""
    return moment <= timezone.now() and moment <= earliest()


def moments(steady: Callable[[], float] = STEADY) -> tuple[datetime, datetime]:
    """The earliest and the latest that it may be: by the wall, and by a wall that nobody had set within a day.

    Both are the same on an ordinary day. One statement. On the machine that keeps the clock the second is told by the
    clock that nobody can set, so that a jump counts in the moment that it happens.
    """
    at, row = timezone.now(), WallClock.objects.filter(pk=1).first()
    if row is None or row.steady_at is None:
        return at, at
    unset = at - timedelta(seconds=row.set_by)
    if row.steady_of and row.steady_of == this_start():
        passed = steady() - row.steady_seconds
        unset = row.steady_at + timedelta(seconds=passed - row.set_by)
    if abs((unset - at).total_seconds()) <= JUMP_SECONDS:
        return at, at
    return min(at, unset), max(at, unset)
