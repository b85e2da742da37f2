"""A child of the supervisor: what to run (data), and one run of it (a process in a session of its own)."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

LOG_LIMIT = 5 * 1024 * 1024
FIRST_WAIT, LONGEST_WAIT = 0.2, 15.0
WELL_AFTER = 30.0
# Where a process that has ended says why, and how much of it stands on the terminal.
END_OF_LOG, LONGEST_WORDS = 16 * 1024, 300
_ERROR = re.compile(r"^(?:[A-Za-z_][\w.]*(?:Error|Exception)\b: ?.*|FATAL: .*)$", re.MULTILINE)


@dataclass(frozen=True)
class Child:
    """What the supervisor keeps running. Children start in the order of the table; they stop by `wave`, low first.

    A `foundation` (the database) is up before the preparation runs, the others start after it.
    """

    name: str
    command: Callable[[], list[str]]
    wave: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_limit: float = 10.0
    # Seconds for which it still serves, and says that this node goes, before anybody is asked to stop.
    notice: float = 0.0
    foundation: bool = False
    # Called after the very first start, before the next child starts; raises when the child does not come up.
    settle: Callable[[subprocess.Popen[bytes]], None] | None = None
    # Alive but of no use: asked now and then with the seconds since the start; True restarts the child.
    stuck: Callable[[float], bool] | None = None


class Run:
    """A child's present process and its back-off."""

    def __init__(self, child: Child, log_folder: Path) -> None:
        self.child = child
        self.log = log_folder / f"{child.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        # Where in the log this run begins.
        self.first_byte = 0
        self.wait = FIRST_WAIT
        self.due = 0.0

    @property
    def pid(self) -> int | None:
        """The pid of the process, which is also its group and its session."""
        return self.process.pid if self.process else None

    def start(self) -> None:
        """Start the process in a session of its own, its output in HOME/log."""
        with open_log(self.log) as log:
            self.first_byte = log.tell()
            self.process = subprocess.Popen(
                self.child.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self.child.options,
            )
        self.started = time.monotonic()

    def ended(self) -> str | None:
        """How the process ended, for people, or None while it lives."""
        code = self.process.poll() if self.process else None
        if code is None:
            return None
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"

    def last_words(self) -> str:
        """What this run of it says went wrong: the last error named at the end of its log; "" where there is none."""
        with suppress(OSError), self.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            # A log that was cut meanwhile holds nothing of an earlier run.
            log.seek(max(self.first_byte if self.first_byte <= size else 0, size - END_OF_LOG))
            named = _ERROR.findall(log.read().decode(errors="replace"))
            return named[-1].strip()[:LONGEST_WORDS] if named else ""
        return ""

    def bury(self) -> float:
        """Kill what is left of the group, so that no orphan works beside the next run; the seconds to wait."""
        if self.process:
            kill_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
        well = time.monotonic() - self.started > WELL_AFTER
        self.wait = FIRST_WAIT if well else min(self.wait * 2, LONGEST_WAIT)
        self.process = None
        self.due = time.monotonic() + self.wait
        return self.wait

    def ask_to_stop(self) -> None:
        """Ask the leader alone: it knows how to end its own workers."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.child.stop_signal)


def kill_group(group: int, what: signal.Signals) -> None:
    """Signal a whole process group; nothing to do when it is gone."""
    try:
        os.killpg(group, what)
    except ProcessLookupError:
        pass


def open_log(path: Path) -> IO[bytes]:
    """A log to append to; one that has grown large is set aside first, and only the last one set aside is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def cut(path: Path) -> None:
    """Set a log that has grown large aside while it is being written: copied, then emptied in place.

    Whoever writes appends, and goes on at the beginning. A line that comes in between may be lost.
    """
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        shutil.copyfile(path, path.with_suffix(".log.1"))
        os.truncate(path, 0)
