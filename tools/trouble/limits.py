"""So much memory and no more for some processes: asked for in vain, or ended by the kernel."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = "hrsuite-trouble"


@contextmanager
def refused(pids: Iterable[int], megabytes: int) -> Iterator[None]:
    """Each may have so much more address space than it has, what it starts the same: more is a MemoryError."""
    pids = list(pids)
    for pid in pids:
        with suppress(ProcessLookupError, FileNotFoundError):
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
            most = pages * resource.getpagesize() + (megabytes << 20)
            resource.prlimit(pid, resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class NoGroupError(Exception):
    """The kernel gives no control group of memory here; the message is for people."""


@contextmanager
def killed(folder: Path, pids: Iterable[int], megabytes: int) -> Iterator[None]:
    """Together they may take so much more: who goes beyond is ended by the kernel. NoGroupError: it cannot be."""
    group, most = _group(folder)
    try:
        # What they have already stays on the account of the group that they come from.
        (group / most).write_text(str(megabytes << 20))
        _move(pids, group)
        yield
    finally:
        while left := (group / "cgroup.procs").read_text().split():
            _move(map(int, left), group.parent)
        group.rmdir()


def _group(folder: Path) -> tuple[Path, str]:
    """A group of its own, of whichever kind the kernel has."""
    root = folder / "groups"
    root.mkdir(exist_ok=True)
    for kind, most in ((("cgroup", "-o", "memory"), "memory.limit_in_bytes"), (("cgroup2",), "memory.max")):
        words = [shutil.which("mount") or "mount", "-t", *kind, "none", str(root)]
        if subprocess.run(words, check=False, capture_output=True).returncode:
            continue
        group = root / f"{_NAME}-{os.getpid()}"
        try:
            if most == "memory.max":
                (root / "cgroup.subtree_control").write_text("+memory")
            group.mkdir()
        except OSError as error:
            raise NoGroupError(f"No memory can be bounded here: {error}") from error
        return group, most
    raise NoGroupError("The kernel's control groups of memory cannot be mounted.")


def _move(pids: Iterable[int], group: Path) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            (group / "cgroup.procs").write_text(str(pid))
