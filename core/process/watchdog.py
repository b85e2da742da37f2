"""Ends the supervisor's children when the supervisor itself was killed: a process that waits for a pipe to close.

The supervisor writes the groups that live now, one line for each change. When the pipe closes, every group
of the last line is asked to stop and then killed, in the supervisor's order. It inherits the supervisor's lock, so
a new supervisor of the same home waits until the old children are gone.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LIMIT = 5.0


def watch() -> None:
    """Read the groups until the pipe closes, then end them wave by wave."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    groups: list[tuple[int, int, int]] = []
    for line in sys.stdin:
        groups = json.loads(line)
    for wave in sorted({wave for wave, _, _ in groups}):
        end([(group, ask) for at, group, ask in groups if at == wave])


def end(groups: list[tuple[int, int]]) -> None:
    """Ask each leader, wait, then kill what is left of the groups."""
    for group, ask in groups:
        _send(os.kill, group, ask)
    deadline = time.monotonic() + LIMIT
    while any(members(group) for group, _ in groups) and time.monotonic() < deadline:
        time.sleep(0.1)
    for group, _ in groups:
        _send(os.killpg, group, signal.SIGKILL)


def members(group: int) -> list[int]:
    """The living processes of a group."""
    return [pid for pid, of_group, _ in processes() if of_group == group]


def processes() -> list[tuple[int, int, int]]:
    """Every living process of this machine: (pid, group, session)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                facts = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if facts[0] not in "ZX":
                found.append((int(entry.name), int(facts[2]), int(facts[3])))
    return found


def end_leftovers(pids: dict[str, int], folder: Path) -> list[int]:
    """Kill what an earlier supervisor left behind when its watchdog was killed too.

    A leftover belongs to the session of a recorded pid and works in the suite's folder; the second condition keeps
    strangers safe who got the same number later.
    """
    found = []
    for pid, _, session in processes():
        try:
            ours = session in pids.values() and (Path("/proc") / str(pid) / "cwd").resolve() == folder
        except PermissionError:
            continue
        if ours and pid != os.getpid():
            _send(os.kill, pid, signal.SIGKILL)
            found.append(pid)
    return found


def _send(how: object, target: int, what: int) -> None:
    try:
        how(target, what)  # type: ignore[operator]
    except ProcessLookupError:
        pass


class Watchdog:
    """The supervisor's end of the pipe."""

    def __init__(self, lock: int) -> None:
        self._lock = lock
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "core.process.watchdog"]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
            pass_fds=[self._lock],
            cwd=Path(__file__).resolve().parents[2],
        )

    def tell(self, groups: list[tuple[int, int, int]]) -> None:
        """Say which groups live now, as (wave, group, signal to ask with). A killed watchdog is replaced first."""
        if self._process.poll() is not None:
            self._process = self._start()
        assert self._process.stdin  # noqa: S101 -- opened above
        try:
            print(json.dumps(groups), file=self._process.stdin, flush=True)
        except BrokenPipeError:
            self._process = self._start()
            self.tell(groups)

    @property
    def alive(self) -> bool:
        """Whether it still watches."""
        return self._process.poll() is None

    def dismiss(self) -> None:
        """Everything ended in order: there is nothing left to watch."""
        self.tell([])
        self._process.communicate()


if __name__ == "__main__":
    watch()
