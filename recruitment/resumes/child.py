"""Runs `recruitment.resumes.inside` and takes its answer: what a hostile file can cost has an end."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.errors import Invalid
from recruitment.resumes import kinds
from recruitment.resumes.inside import SECONDS

ROOT = Path(__file__).resolve().parent.parent.parent
# On a busy machine a process waits for its turn; its own processor time is bounded apart.
PATIENCE = 3
LARGEST_ANSWER = 4 * 1024 * 1024


class NotNowError(OSError):
    """The machine gave out: this says nothing of the file."""


def inspect(kind: str, source: Path) -> int | None:
    """The number of pages, None where the format does not tell. Invalid with the code of what is not taken."""
    return _run("inspect", kind, source).get("pages")


def read(kind: str, source: Path, folder: Path) -> tuple[str, list[Path]]:
    """Text and pictures of the pages, in their order. Invalid with the code; NotNowError where it is the machine."""
    found = _run("read", kind, source, folder)
    return found.get("text", ""), [folder / Path(name).name for name in found.get("pages", [])]


def _run(task: str, kind: str, *places: Path) -> dict[str, Any]:
    command = [sys.executable, "-I", "-c", _START, str(ROOT), task, str(kind), *map(str, places)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS[task] * PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            # No address and no key of ours: what takes the process over finds nothing there.
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        raise kinds.refusal("too_much") from None
    except OSError as error:
        raise NotNowError(f"no process to read it in: {error}") from error
    if done.returncode < 0:
        raise kinds.refusal("too_much")
    try:
        answer: dict[str, Any] = json.loads(done.stdout[:LARGEST_ANSWER])
    except ValueError:
        raise kinds.refusal("broken") from None
    if "refused" in answer:
        code = str(answer["refused"])
        raise kinds.refusal(code) if code in kinds.SENTENCES else Invalid(code)
    return answer


_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from recruitment.resumes.inside import main; main(*sys.argv[2:])"
)
