"""So much of a processor and no more for everything on a machine, by a control group of the kernel's."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.nodes.network import Host, NoNetworkError

_ROOT = Path("/sys/fs/cgroup")
PERIOD = 20_000  # microseconds: short, so that who waits for its next share does not wait long


@contextmanager
def bounded(hosts: list[Host], share: float) -> Iterator[None]:
    """What runs on each of these machines now, and what it starts, shares so much. NoNetworkError: it cannot be."""
    made: list[Path] = []
    try:
        try:
            old = _seen()
            made.extend(_made(host, share, old=old) for host in hosts)
        except OSError as error:
            raise NoNetworkError(f"A machine cannot be bounded here: {error}") from error
        yield
    finally:
        for group in made:
            # What is started while the list is read is on the next one.
            while pids := (group / "cgroup.procs").read_text().split():
                _move([int(pid) for pid in pids], _ROOT)
            group.rmdir()


def _made(host: Host, share: float, *, old: bool) -> Path:
    group = _ROOT / host.namespace
    group.mkdir()
    if old:
        (group / "cpu.cfs_period_us").write_text(str(PERIOD))
        (group / "cpu.cfs_quota_us").write_text(str(int(PERIOD * share)))
    else:
        (_ROOT / "cgroup.subtree_control").write_text("+cpu")
        (group / "cpu.max").write_text(f"{int(PERIOD * share)} {PERIOD}")
    _move(host.pids(), group)
    return group


def _seen() -> bool:
    """The kernel's groups, which the machines' switch does not show by itself; whether they are of the older kind."""
    for kind in (("cgroup", "-o", "cpu"), ("cgroup2",)):
        words = [shutil.which("mount") or "mount", "-t", *kind, "none", str(_ROOT)]
        if not subprocess.run(words, check=False, capture_output=True).returncode:
            return kind[0] == "cgroup"
    raise OSError("the kernel's control groups cannot be mounted")


def _move(pids: list[int], group: Path) -> None:
    for pid in pids:
        try:
            (group / "cgroup.procs").write_text(str(pid))
        except ProcessLookupError:
            pass  # it has ended since
