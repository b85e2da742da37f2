"""Work on the bytes of strangers in a process of its own: what it can cost has an end, and nothing of ours is in it.

Its time, its memory and what it writes are bounded by the system before the program is loaded; the surroundings hold
no address and no key, so that what takes the process over finds nothing there. It ends with whoever started it: killed,
its parent leaves nothing at work behind.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.env import BASE

# What such a process may say when it has not worked; the rest of its complaint is left.
LARGEST_COMPLAINT = 64 * 1024


class TookTooLongError(Exception):
    """Its processor time is used up, or it did not end in time."""


class EndedError(OSError):
    """Something outside ended it: its argument is the signal's name. It says nothing of what was worked on."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one piece of work may cost: seconds of processor, seconds until it has ended, bytes of memory, and bytes
    of its answer and of each file that it writes (None: as large as they get)."""

    processor: float
    patience: float
    memory: int
    largest: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """How it ended: exit code, what it printed, and what it complained of."""

    code: int
    answer: bytes
    complaint: str

    def as_json(self) -> dict[str, Any]:
        """The answer as an object. ValueError: it is none."""
        found = json.loads(self.answer)
        if not isinstance(found, dict):
            raise ValueError("the answer is no object")
        return found


def ours(module: str, *words: object) -> list[str]:
    """The command that runs `main(*words)` of a module of ours, which may know neither Django nor the database."""
    return [sys.executable, "-I", "-c", _OURS, str(BASE), module, *map(str, words)]


def run(
    command: list[str], bounds: Bounds, *, asked: bytes = b"", surroundings: Mapping[str, str] | None = None
) -> Done:
    """Run it to its end, with `asked` on its standard input and `surroundings` beside PATH and LANG.

    TookTooLongError; EndedError when a signal ended it; another OSError when no process could be started.
    """
    limits = json.dumps([os.getpid(), max(1, round(bounds.processor)), bounds.memory, bounds.largest])
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-S", "-c", _BOUNDED, limits, *command],
                input=asked,
                stdout=said,
                stderr=complained,
                timeout=bounds.patience,
                check=False,
                cwd=BASE,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", **(surroundings or {})},
            )
        except subprocess.TimeoutExpired:
            raise TookTooLongError from None
        if done.returncode == -signal.SIGXCPU:
            raise TookTooLongError
        if done.returncode < 0:
            raise EndedError(signal.Signals(-done.returncode).name)
        said.seek(0)
        complained.seek(0)
        complaint = complained.read(LARGEST_COMPLAINT).decode(errors="replace")
        return Done(done.returncode, said.read(), complaint)


# In the new process, before the program: a limit set between fork and exec could hang a parent with threads.
_BOUNDED = """
import ctypes, json, os, resource, signal, sys
parent, processor, memory, largest = json.loads(sys.argv[1])
# Linux ends it with its parent (PR_SET_PDEATHSIG is 1), unless that was gone before.
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("whoever asked is gone")
resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
if largest is not None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(f"{sys.argv[2]}: {error.strerror}")
"""
_OURS = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from importlib import import_module; import_module(sys.argv[2]).main(*sys.argv[3:])"
)
