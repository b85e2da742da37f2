"""Keeps a table of children running: restarts a dead one with back-off, stops them in order, leaves nothing behind.

It knows nothing of the suite; `serve` supplies the table. One supervisor per home, held by a lock.
"""

import fcntl
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import FrameType

from core.process.children import Child, Run, cut, kill_group
from core.process.places import make_home, stopping
from core.process.watchdog import Watchdog, end_leftovers

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
TICK = 0.5
STUCK_EVERY = 15.0
TAKE_OVER_LIMIT = 40.0


class Stopping(Exception):
    """Somebody asked the supervisor to stop."""


class AlreadyRunningError(Exception):
    """Another supervisor holds this home."""


def is_held(home: Path) -> bool:
    """Whether a supervisor of this home runs."""
    path = home / "supervisor.pid"
    if not path.exists():
        return False
    with path.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def say(text: str) -> None:
    """One short line for the person at the terminal."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


class Supervisor:
    """Runs `children` for one home until a signal arrives.

    HOME/pids.json names the present pid of each child. HOME/stopping lies there while it stops, from before the first
    child is asked to: who shares out requests hears of it from the web while that still answers.
    """

    def __init__(self, home: Path, children: Iterable[Child], folder: Path | None = None) -> None:
        self.home = home
        self.folder = folder or Path.cwd()
        self.runs = [Run(child, home / "log") for child in children]
        self._asked = 0
        self._stuck_at = 0.0
        self._pids_written: dict[str, int] = {}
        make_home(home)

    def run(
        self,
        before: Callable[[], None] = lambda: None,
        first: Callable[["Supervisor"], None] = lambda supervisor: None,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        """Start everything and watch it. Returns after a stop signal, when all children are gone.

        `before` is called when the home is ours and nothing runs in it. `first` is called once, when the
        foundations are up; what it or a foundation raises ends the run. `ready` is asked until it is true, and then
        the person is told. Raises AlreadyRunningError before anything is touched.
        """
        lock = self._take_lock()
        previous = {each: signal.signal(each, self._note) for each in STOP_SIGNALS}
        awake, alarm = os.pipe()
        os.set_blocking(alarm, False)
        signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._awake = awake
        began = time.monotonic()
        try:
            self._end_leftovers()
            stopping(self.home).unlink(missing_ok=True)
            before()
            self.watchdog = Watchdog(lock)
            try:
                for run in self.runs:
                    if run.child.foundation:
                        self._lay(run)
                first(self)
                for run in self.runs:
                    if not run.child.foundation:
                        self._start(run)
                self._watch(ready, began)
            except Stopping:
                pass
            finally:
                self._stop_all()
                self.watchdog.dismiss()
        finally:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for each, handler in previous.items():
                signal.signal(each, handler)
            os.close(awake)
            os.close(alarm)
            os.close(lock)

    def add(self, child: Child) -> None:
        """One more to keep running, started before the others: for `first`, which knows whether it is wanted."""
        self.runs.insert(0, Run(child, self.home / "log"))

    def once(self, name: str, command: list[str]) -> int:
        """Run one program to its end on this terminal, watched like a child; its exit code."""
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, cwd=self.folder)
        try:
            self._publish({name: process.pid})
            while process.poll() is None:
                self._rest()
                self._look_after(run for run in self.runs if run.process)
            return process.returncode
        finally:
            kill_group(process.pid, signal.SIGKILL)
            process.wait()
            self._publish()

    def _watch(self, ready: Callable[[], bool], began: float) -> None:
        told = False
        while True:
            self._rest()
            self._look_after(self.runs)
            if not self.watchdog.alive:
                self._publish()
            if not told and ready():
                told = True
                say(f"ready after {time.monotonic() - began:.0f} s")

    def _look_after(self, runs: Iterable[Run]) -> None:
        now = time.monotonic()
        check_stuck = now - self._stuck_at > STUCK_EVERY
        if check_stuck:
            self._stuck_at = now
        for run in runs:
            if run.process is None:
                if now >= run.due:
                    self._start(run)
                continue
            if check_stuck:
                cut(run.log)
            how = run.ended()
            if how is None and check_stuck and run.child.stuck and run.child.stuck(now - run.started):
                how = "does no work any more"
            if how:
                why = run.last_words()
                wait = run.bury()
                say(f"{run.child.name} {how}; starting it again in {wait:.1f} s")
                say(f"{why or 'it said nothing of why'} ({run.log})")

    def _lay(self, run: Run) -> None:
        run.start()
        self._publish()
        if run.child.settle and run.process:
            run.child.settle(run.process)

    def _start(self, run: Run) -> None:
        try:
            run.start()
            self._publish()
        except Exception as error:  # noqa: BLE001 -- whatever keeps a child from starting, it is tried again
            wait = run.bury()
            say(f"{run.child.name} did not start ({error}); trying again in {wait:.1f} s")

    def _stop_all(self) -> None:
        if any(run.process for run in self.runs):
            say("stopping")
        self._asked = 0
        self._give_notice()
        self._asked = 0
        for wave in sorted({run.child.wave for run in self.runs}):
            runs = [run for run in self.runs if run.child.wave == wave and run.process]
            for run in runs:
                run.ask_to_stop()
            deadline = time.monotonic() + max((run.child.stop_limit for run in runs), default=0)
            # A second Ctrl-C means: do not wait.
            while (
                any(run.ended() is None for run in runs) and time.monotonic() < deadline and not self._asked
            ):
                self._sleep(0.1)
            for run in runs:
                if run.ended() is None:
                    say(f"{run.child.name} did not stop in time and is killed")
                run.bury()
            self._publish()
        (self.home / "pids.json").unlink(missing_ok=True)
        stopping(self.home).unlink(missing_ok=True)
        say("stopped")

    def _give_notice(self) -> None:
        """Say that this node goes, and go on serving for as long as a child asks for; a second signal ends that."""
        with suppress(OSError):  # a full disk keeps nobody from stopping
            stopping(self.home).touch()
        told = [run for run in self.runs if run.process and run.child.notice]
        until = time.monotonic() + max((run.child.notice for run in told), default=0.0)
        while any(run.ended() is None for run in told) and time.monotonic() < until and not self._asked:
            self._sleep(0.1)

    def _publish(self, more: dict[str, int] | None = None) -> None:
        """Tell the watchdog and HOME/pids.json which processes live now."""
        living = [run for run in self.runs if run.pid]
        groups = [
            (run.child.wave, run.process.pid, int(run.child.stop_signal)) for run in living if run.process
        ]
        groups += [(0, pid, int(signal.SIGTERM)) for pid in (more or {}).values()]
        self.watchdog.tell(groups)
        draft = self.home / "pids.json.draft"
        draft.write_text(json.dumps({run.child.name: run.pid for run in living} | (more or {}), indent=1))
        draft.replace(self.home / "pids.json")

    def _end_leftovers(self) -> None:
        try:
            pids = json.loads((self.home / "pids.json").read_text())
        except (FileNotFoundError, ValueError):
            return
        found = end_leftovers(pids, self.folder)
        if found:
            say(f"ended {len(found)} processes that an earlier run left behind")

    def _rest(self) -> None:
        """Sleep until something happens, a TICK at most. Raises Stopping when somebody asked."""
        if not self._asked:
            self._sleep(TICK)
        if self._asked:
            raise Stopping

    def _sleep(self, seconds: float) -> None:
        """Until a signal arrives (a child's end is one), `seconds` at most."""
        if select.select([self._awake], [], [], seconds)[0]:
            os.read(self._awake, 4096)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._asked += 1

    def _take_lock(self) -> int:
        """The lock of this home; waits while the watchdog of a killed supervisor is still cleaning up."""
        path = self.home / "supervisor.pid"
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + TAKE_OVER_LIMIT
        told = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = path.read_text().strip()
                if (holder and Path(f"/proc/{holder}").exists()) or time.monotonic() > deadline:
                    os.close(lock)
                    raise AlreadyRunningError(
                        f"A server of {self.home} is already running (pid {holder})"
                    ) from None
                if not told:
                    say("the earlier server was killed; waiting until its processes are gone")
                    told = True
                time.sleep(0.2)
            else:
                os.truncate(lock, 0)
                os.pwrite(lock, str(os.getpid()).encode(), 0)
                return lock
