"""What goes wrong, one after the other, and for each how long until it was said, and until all was well again."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

from tools.nodes.databases import until
from tools.nodes.story import Happened
from tools.trouble import limits, watching
from tools.trouble.clocks import Clocks
from tools.trouble.installation import Installation, below
from tools.trouble.watching import Look, Watch

# Seconds that something may take to be said, and to be good again.
SAID_LIMIT, WELL_LIMIT = 90.0, 120.0
# The minutely job: its beat, a poll, and a busy machine.
JOBS_WITHIN = 100.0
# For which each of them goes on after it was said.
HELD = 5.0
FULL_FOR, READ_ONLY_FOR, STOPPED_FOR = 20.0, 15.0, 5.0
HOUR, DAY, NIGHT = 3600.0, 86_400.0, 8 * 3600.0
# Of the disk: so little that it is said while everything works yet.
ROOM_LEFT = 40 << 20
MEGABYTES, HUNGRY = 150, 600

_ASKED = "from django_q.tasks import async_task; print(async_task('tools.trouble.hungry.eat', {}))"
_DONE = "SELECT count(*) FROM django_q_task WHERE id = %s AND success"


@dataclass
class Story:
    """The installation, who watches, and what happened to it."""

    suite: Installation
    watch: Watch
    clocks: Clocks | None
    folder: Path
    say: Callable[[str], None]
    happened: list[Happened] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def tell(self) -> None:
        """All but the night. What was not said or made good in time stands in `missed`, and the next one comes."""
        self._disk()
        if self.clocks:
            for name, by, code in (
                ("an hour forward", HOUR, "clock_forward"),
                ("an hour back", -HOUR, "clock_back"),
                ("a day forward", DAY, "clock_forward"),
                ("a day back", -DAY, "clock_back"),
            ):
                self._clock(name, by, code)
        self._read_only()
        self._storage()
        self._memory_refused()
        self._memory_killed()

    def night(self) -> None:
        """The machine sleeps. The bucket does not, nor does it take anything from who is hours ahead of it afterwards,
        as no machine is that asks for the time when it wakes: who records has ended before.
        """
        if self.clocks:
            self._night(self.clocks)

    def _disk(self) -> None:
        with self._trouble("the disk is full", "disk_full", "is full but for") as done:
            self.suite.disk.fill(ROOM_LEFT)
            self._said(done, "disk_full", "is full but for")
            ends = time.monotonic() + FULL_FOR
            while time.monotonic() < ends:
                self.suite.disk.fill(0)
                time.sleep(0.5)
            done.measured["bytes left"] = self.suite.disk.free
            self.suite.disk.clear()

    def _clock(self, name: str, by: float, code: str) -> None:
        clocks, words = self.clocks, "clock was set"
        assert clocks  # noqa: S101 -- asked for where there are some
        with self._trouble(f"the clock is set {name}", code, words) as done:
            clocks.set_by(by)
            self._said(done, code, words)
            time.sleep(HELD)
            clocks.set_by(0)

    def _read_only(self) -> None:
        with self._trouble("the database takes no changes", "database_read_only", "takes no changes") as done:
            self._database("ALTER SYSTEM SET default_transaction_read_only = on")
            self._said(done, "database_read_only", "takes no changes")
            time.sleep(READ_ONLY_FOR)
            self._database("ALTER SYSTEM RESET default_transaction_read_only")

    def _storage(self) -> None:
        code, words = "storage_recordings", "Recordings cannot be stored"
        with self._trouble("the bucket is gone", code, words) as done:
            for pid in below(self.suite.bucket_pid):
                os.kill(pid, signal.SIGKILL)
            self._said(done, code, words)
            time.sleep(HELD)
            self.suite.start_bucket()

    def _memory_refused(self) -> None:
        words = "ran out of memory"
        jobs = below(self.suite.child("jobs"))
        with (
            self._trouble("a job asks for memory in vain", "", words) as done,
            limits.refused(jobs, MEGABYTES),
        ):
            self._ask(HUNGRY)
            self._said(done, "job_memory", words)
        self._works()

    def _memory_killed(self) -> None:
        words = "Memory ran out"
        with self._trouble("a job takes more memory than there is", "", words) as done:
            try:
                with limits.killed(self.folder, below(self.suite.child("jobs")), MEGABYTES):
                    self._ask(HUNGRY)
                    self._said(done, "memory_killed", words)
            except limits.NoGroupError as error:
                self.missed.append(str(error))
        self._works()

    def _night(self, clocks: Clocks) -> None:
        words = "asleep or stopped"
        with self._trouble("the machine is asleep for a night", "", words) as done:
            all_of_it = self.suite.processes()
            for pid in all_of_it:
                _send(pid, signal.SIGSTOP)
            clocks.sleep(NIGHT)
            time.sleep(STOPPED_FOR)
            for pid in reversed(all_of_it):
                _send(pid, signal.SIGCONT)
            self._said(done, "slept", words)

    @contextmanager
    def _trouble(self, what: str, code: str, words: str) -> Iterator[Happened]:
        """One of them: the body brings it and takes it away. `code`: what /healthz names no more afterwards."""
        self.say(what)
        done = Happened(what, time.monotonic())
        self.happened.append(done)
        before = watching.counted()
        yield done
        over = time.monotonic()
        done.measured["lasted"] = over - done.at
        self._until(
            lambda: self._is_well(self.watch.last, over, code, words), f"{what}: it is not well", WELL_LIMIT
        )
        done.measured["well again after"] = self.watch.last.at - over
        done.measured |= self._answered(done.at, before)

    @staticmethod
    def _is_well(look: Look, since: float, code: str, words: str) -> bool:
        is_told = bool(code) and (code in look.codes or any(words in each for each in look.sentences))
        return look.at > since and look.is_served and abs(look.jobs) < JOBS_WITHIN and not is_told

    def _said(self, done: Happened, code: str, words: str) -> None:
        """By /healthz, and on the administrator's first page."""

        said: dict[str, Callable[[Look], bool]] = {
            "said by /healthz after": lambda look: code in look.codes,
            "on the first page after": lambda look: any(words in each for each in look.sentences),
        }
        for name, true in said.items():
            self._until(partial(self._first, done.at, true), f"{done.what}: not {name[:-6]}", SAID_LIMIT)
            if first := self._first(done.at, true):
                done.measured[name] = first.at - done.at

    def _first(self, since: float, true: Callable[[Look], bool]) -> Look | None:
        return next((look for look in self.watch.seen if look.at > since and true(look)), None)

    def _answered(self, since: float, before: dict[str, int]) -> dict[str, float]:
        """What candidates' pages were answered meanwhile, and how long the three were not well."""
        after = watching.counted()
        looks = [look for look in self.watch.seen if look.at > since]
        away = sum(later.at - look.at for look, later in pairwise(looks) if not look.is_served)
        found = {f"calls of the room answered {status}": float(count - before.get(status, 0))
                 for status, count in sorted(after.items()) if count > before.get(status, 0)}  # fmt: skip
        return {"not served for": away, **found}

    def _works(self) -> None:
        """How long a job that needs little takes to be done by those that go on."""
        began = time.monotonic()
        task = self._ask(1)
        self._until(lambda: self._count(_DONE, task), "the next job is not done", WELL_LIMIT)
        self.happened[-1].measured["the next job is done after"] = time.monotonic() - began

    def _ask(self, megabytes: int) -> str:
        return self.suite.shell(_ASKED.format(megabytes))

    def _count(self, asked: str, *words: object) -> int:
        with self.suite.database() as owner:
            row = owner.execute(asked.encode(), words).fetchone()
        return int(row[0]) if row else 0

    def _database(self, order: str) -> None:
        with self.suite.database() as owner:
            owner.autocommit = True
            owner.execute(order.encode())
            owner.execute("SELECT pg_reload_conf()")

    def _until(self, true: Callable[[], object], what: str, limit: float) -> None:
        try:
            until(true, what, limit)
        except TimeoutError:
            self.say(f"NOT: {what}; last seen: {self.watch.last}")
            self.missed.append(what)


def _send(pid: int, what: signal.Signals) -> None:
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        pass
